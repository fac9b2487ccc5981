//! The floor that reading is measured against: every cell of every sheet through calamine's cells reader, on one thread.
//!
//! `bare_read FILE…` prints the number of cells and nothing else.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;

use calamine::{Reader, Xlsx};

fn main() -> Result<(), Box<dyn Error>> {
    let mut cells = 0u64;
    for path in std::env::args_os().skip(1) {
        let mut book: Xlsx<BufReader<File>> = calamine::open_workbook(&path)?;
        for sheet in book.sheet_names() {
            let mut reader = book.worksheet_cells_reader(&sheet)?;
            while reader.next_cell()?.is_some() {
                cells += 1;
            }
        }
    }
    println!("{cells}");
    Ok(())
}
