fn main() {
    let mut count = 5;
    let label: String = "é";
    println!("{} {}", count, label.leng());
    if count = 3 {}
}
