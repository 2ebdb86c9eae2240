//! Has the program built anew when the interface was: its folder is embedded, which the compiler does not know.

fn main() {
    println!("cargo::rerun-if-changed=../../ui/dist");
}
