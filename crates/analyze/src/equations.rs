//! Small symmetric systems of equations.
//!
//! Holds the decomposition of A.-L. Cholesky with a floor under the pivots. It must never divide by zero.

/// A symmetric positive matrix being summed up, and the right side.
#[derive(Clone, Debug)]
pub(crate) struct Normal {
    /// Number of unknowns.
    pub(crate) size: usize,
    /// Lower triangle, row by row in a full square.
    matrix: Vec<f64>,
    right: Vec<f64>,
}

impl Normal {
    /// Zero.
    pub(crate) fn new(size: usize) -> Self {
        Self { size, matrix: vec![0.0; size * size], right: vec![0.0; size] }
    }

    /// Empties it.
    pub(crate) fn clear(&mut self) {
        self.matrix.fill(0.0);
        self.right.fill(0.0);
    }

    /// Adds an equation with a weight. `O(size²)`.
    pub(crate) fn add(&mut self, row: &[f64], value: f64, weight: f64) {
        for (number, &left) in row.iter().enumerate() {
            let scaled = weight * left;
            if scaled == 0.0 {
                continue;
            }
            let start = number * self.size;
            for (sum, right) in self.matrix[start..start + self.size].iter_mut().zip(row).take(number + 1) {
                *sum += scaled * right;
            }
            self.right[number] += scaled * value;
        }
    }

    /// Adds an equation of the first unknowns and one further one, whose factor is 1. `O(row²)`.
    pub(crate) fn add_with_one(&mut self, row: &[f64], one: usize, value: f64, weight: f64) {
        self.add(row, value, weight);
        let start = one * self.size;
        self.matrix[start..].iter_mut().zip(row).for_each(|(sum, left)| *sum += weight * left);
        self.matrix[start + one] += weight;
        self.right[one] += weight * value;
    }

    /// Solves with a penalty added to the diagonal. `O(size³)`.
    pub(crate) fn solve(&self, penalty: &[f64]) -> Vec<f64> {
        let size = self.size;
        let mut lower = self.matrix.clone();
        for row in 0..size {
            lower[row * size + row] += penalty[row];
            for column in 0..=row {
                let (above, below) = lower.split_at(row * size);
                let own = &below[..column];
                let other = if column < row { &above[column * size..column * size + column] } else { own };
                let sum: f64 = own.iter().zip(other).map(|(a, b)| a * b).sum();
                let left = lower[row * size + column] - sum;
                lower[row * size + column] = if column < row {
                    left / lower[column * size + column]
                } else {
                    left.max(1e-10 * (self.matrix[row * size + row] + penalty[row])).max(1e-300).sqrt()
                };
            }
        }
        let mut answer = self.right.clone();
        for row in 0..size {
            let sum: f64 = (0..row).map(|column| lower[row * size + column] * answer[column]).sum();
            answer[row] = (answer[row] - sum) / lower[row * size + row];
        }
        for row in (0..size).rev() {
            let sum: f64 = (row + 1..size).map(|below| lower[below * size + row] * answer[below]).sum();
            answer[row] = (answer[row] - sum) / lower[row * size + row];
        }
        answer
    }
}
