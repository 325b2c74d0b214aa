import Foundation
import TestSupport

/// Runs a test in a folder with 100 data to train on (seven steps of 16 an epoch) and 30 to test on, in `data`.
func withRunData(_ body: (TemporaryFolder) throws -> Void) throws {
  try withTemporaryFolder { folder in
    mkdir(folder.file("data"), 0o700)
    try folder.write(idxImages(count: 100), "data/train-images")
    try folder.write(idxImages(count: 30), "data/t10k-images")
    try body(folder)
  }
}
