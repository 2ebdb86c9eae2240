//! The two directions along which votes differ most.
//!
//! Holds the principal components of the votes, missing ones at the mean of their comment, by subspace iteration with a
//! Rayleigh-Ritz step (G. H. Golub and C. F. Van Loan, "Matrix Computations", 4th edition, 8.2). It must never know of
//! groups.
//!
//! A missing vote at the mean is a zero that is never stored: one step costs the votes given, not voters times
//! comments. Every sum runs in the order of the table, so that turning the sign of all votes turns no bit but that of
//! the sign.

use super::table::Table;

/// Directions that are carried along; more than two make the first two settle fast.
const WIDTH: usize = 8;
/// Most steps; where more would be needed the second direction is hardly one.
const MOST_STEPS: usize = 400;
/// Change of the two greatest variances, and of their directions, at which the search ends.
const SETTLED: f64 = 1e-11;

/// Most comments whose covariance is written out; 18 MB.
const MOST_WRITTEN: usize = 1_500;

type Row = [f64; WIDTH];

/// The two directions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axes {
    /// Weight of each comment along both.
    pub(super) along: Vec<[f64; 2]>,
    /// Share of the variance along each.
    pub(super) share: [f64; 2],
}

impl Axes {
    pub(super) fn of(table: &Table) -> Self {
        let comments = table.comments.len();
        let total: f64 =
            (0..table.voters.len()).flat_map(|voter| table.row(voter)).map(|cell| off(table, cell).powi(2)).sum();
        let covariance = Covariance::of(table);
        let mut basis: Vec<Row> = (0..comments as u64).map(start).collect();
        make_orthonormal(&mut basis);
        let mut before: Vec<[f64; 2]> = Vec::new();
        let mut value = [0.0; 2];
        for _ in 0..MOST_STEPS {
            let mut next = covariance.times(&basis);
            // In the basis at hand the step is a small symmetric matrix; its own directions are the best in the space
            // reached.
            let (values, turn) = own_directions(&product(&basis, &next));
            rotate(&mut next, &turn);
            rotate(&mut basis, &turn);
            let along = first_two(&basis);
            let moved = along.iter().zip(&before).flat_map(|(a, b)| [(a[0] - b[0]).abs(), (a[1] - b[1]).abs()]);
            let still = !before.is_empty() && moved.fold(0.0, f64::max) <= SETTLED.sqrt() * 1e-3;
            let near = (0..2).all(|axis| (values[axis] - value[axis]).abs() <= SETTLED * values[0].max(0.0));
            (before, value) = (along, [values[0].max(0.0), values[1].max(0.0)]);
            if still && near {
                break;
            }
            basis = next;
            make_orthonormal(&mut basis);
        }
        let share = value.map(|value| if total > 0.0 { value / total } else { 0.0 });
        // A direction without variance says nothing.
        let kept = value.map(|value| if value > 1e-12 * total { 1.0 } else { 0.0 });
        let along = before.iter().map(|along| [along[0] * kept[0], along[1] * kept[1]]).collect();
        Self { along, share }
    }

    /// Where the votes of a voter lie along both, not scaled.
    pub(super) fn place(&self, table: &Table, voter: usize) -> [f64; 2] {
        let mut place = [0.0; 2];
        for cell in table.row(voter) {
            let off = off(table, cell);
            let along = self.along[cell.0 as usize];
            place[0] += off * along[0];
            place[1] += off * along[1];
        }
        place
    }
}

/// How far a vote is from the mean of its comment.
fn off(table: &Table, cell: &(u32, i8)) -> f64 {
    f64::from(cell.1) - table.mean[cell.0 as usize]
}

/// Numbers between -1 and 1 that repeat from run to run (G. L. Steele, D. Lea and C. H. Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
fn start(comment: u64) -> Row {
    std::array::from_fn(|place| {
        let drawn = model::draws::scatter(comment * WIDTH as u64 + place as u64);
        (drawn >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    })
}

/// The covariance of the votes, times their number.
enum Covariance<'a> {
    /// Written out, comment by comment.
    Whole(Vec<f64>),
    /// As the votes it is made of.
    Votes(&'a Table),
}

impl<'a> Covariance<'a> {
    /// Writes it out where that makes a step cheaper.
    fn of(table: &'a Table) -> Self {
        let comments = table.comments.len();
        if comments > MOST_WRITTEN || comments * comments > 2 * table.votes() {
            return Self::Votes(table);
        }
        let mut whole = vec![0.0; comments * comments];
        for voter in 0..table.voters.len() {
            let row = table.row(voter);
            for one in row {
                let (start, own) = (one.0 as usize * comments, off(table, one));
                row.iter().for_each(|other| whole[start + other.0 as usize] += own * off(table, other));
            }
        }
        Self::Whole(whole)
    }

    fn times(&self, basis: &[Row]) -> Vec<Row> {
        match self {
            Self::Whole(whole) => whole
                .chunks_exact(basis.len().max(1))
                .map(|own| {
                    let mut sum = [0.0; WIDTH];
                    own.iter().zip(basis).for_each(|(own, basis)| add(&mut sum, *own, basis));
                    sum
                })
                .collect(),
            Self::Votes(table) => {
                let mut next = vec![[0.0; WIDTH]; basis.len()];
                for voter in 0..table.voters.len() {
                    let row = table.row(voter);
                    let mut along = [0.0; WIDTH];
                    row.iter().for_each(|cell| add(&mut along, off(table, cell), &basis[cell.0 as usize]));
                    row.iter().for_each(|cell| add(&mut next[cell.0 as usize], off(table, cell), &along));
                }
                next
            }
        }
    }
}

fn add(sum: &mut Row, factor: f64, row: &Row) {
    sum.iter_mut().zip(row).for_each(|(sum, own)| *sum += factor * own);
}

/// Products of the columns of two matrices.
fn product(left: &[Row], right: &[Row]) -> [Row; WIDTH] {
    let mut sums = [[0.0; WIDTH]; WIDTH];
    for (left, right) in left.iter().zip(right) {
        for (sums, left) in sums.iter_mut().zip(left) {
            sums.iter_mut().zip(right).for_each(|(sum, right)| *sum += left * right);
        }
    }
    sums
}

fn rotate(rows: &mut [Row], turn: &[Row; WIDTH]) {
    for row in rows {
        let old = *row;
        *row = std::array::from_fn(|to| (0..WIDTH).map(|from| old[from] * turn[from][to]).sum());
    }
}

/// Gram and Schmidt, each column against those before it twice; what nothing is left of becomes zero.
fn make_orthonormal(rows: &mut [Row]) {
    for column in 0..WIDTH {
        let length = |rows: &[Row]| rows.iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt();
        let whole = length(rows);
        for _ in 0..2 {
            for earlier in 0..column {
                let shared: f64 = rows.iter().map(|row| row[column] * row[earlier]).sum();
                rows.iter_mut().for_each(|row| row[column] -= shared * row[earlier]);
            }
        }
        let left = length(rows);
        let factor = if left > 1e-10 * whole && left > 1e-150 { 1.0 / left } else { 0.0 };
        rows.iter_mut().for_each(|row| row[column] *= factor);
    }
}

/// Both first columns, each with its greatest weight positive.
fn first_two(rows: &[Row]) -> Vec<[f64; 2]> {
    let sign = |axis: usize| {
        let most = rows.iter().fold(0.0, |most: f64, row| most.max(row[axis].abs()));
        // The first of those that are as good as the greatest, so that rounding does not decide.
        let first = rows.iter().find(|row| row[axis].abs() >= most * (1.0 - 1e-6));
        if first.is_some_and(|row| row[axis] < 0.0) { -1.0 } else { 1.0 }
    };
    let signs = [sign(0), sign(1)];
    rows.iter().map(|row| [row[0] * signs[0], row[1] * signs[1]]).collect()
}

/// Own values, falling, and own directions as columns, by the method of Jacobi (Golub and Van Loan, 8.5).
fn own_directions(matrix: &[Row; WIDTH]) -> (Row, [Row; WIDTH]) {
    let mut held: [Row; WIDTH] =
        std::array::from_fn(|row| std::array::from_fn(|column| 0.5 * (matrix[row][column] + matrix[column][row])));
    let mut turn: [Row; WIDTH] =
        std::array::from_fn(|row| std::array::from_fn(|column| f64::from(u8::from(row == column))));
    let size = |held: &[Row; WIDTH]| held.iter().flatten().map(|value| value * value).sum::<f64>();
    for _ in 0..60 {
        let beside: f64 = (0..WIDTH)
            .flat_map(|one| (0..one).map(move |other| (one, other)))
            .map(|(one, other)| held[one][other].powi(2))
            .sum();
        if beside <= 1e-34 * size(&held) {
            break;
        }
        for one in 0..WIDTH {
            for other in one + 1..WIDTH {
                turn_pair(&mut held, &mut turn, one, other);
            }
        }
    }
    let mut order: [usize; WIDTH] = std::array::from_fn(|place| place);
    order.sort_by(|a, b| held[*b][*b].total_cmp(&held[*a][*a]));
    let values = std::array::from_fn(|place| held[order[place]][order[place]]);
    let directions = std::array::from_fn(|row| std::array::from_fn(|place| turn[row][order[place]]));
    (values, directions)
}

fn turn_pair(held: &mut [Row; WIDTH], turn: &mut [Row; WIDTH], one: usize, other: usize) {
    let beside = held[one][other];
    if beside == 0.0 {
        return;
    }
    let ratio = (held[other][other] - held[one][one]) / (2.0 * beside);
    let tangent = ratio.signum() / (ratio.abs() + (1.0 + ratio * ratio).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = tangent * cosine;
    for row in held.iter_mut().chain(turn.iter_mut()) {
        let (a, b) = (row[one], row[other]);
        (row[one], row[other]) = (cosine * a - sine * b, sine * a + cosine * b);
    }
    let (first, second) = held.split_at_mut(other);
    for (a, b) in first[one].iter_mut().zip(&mut second[0]) {
        (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b);
    }
}
