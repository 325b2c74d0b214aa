import Foundation
import TestSupport
import Testing
import VAECore

/// Tables that other programs read back to the last bit.
struct CSVTests {
  @Test func numbersReadBackToTheSame() throws {
    try withTemporaryFolder { folder in
      let floats: [Float] = [
        0.1, -0, 1 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 16_777_216, 1e-7, .pi, -123456.7, .infinity,
        -.infinity, 5,
      ]
      let matrix = Matrix<Float>(rows: 4, columns: 3, elements: floats)
      try CSV.write(columns: ["a", "b", "c"], to: folder.file("x.csv")) { append throws(VAEError) in
        try append(matrix.rows(0..<1))
        try append(matrix.rows(1..<4))
      }
      let lines = String(decoding: try folder.bytes("x.csv"), as: UTF8.self).split(separator: "\n")
      #expect(lines[0] == "a,b,c" && lines.count == 5 && lines[1].hasPrefix("0.1,"))
      let read = lines.dropFirst().flatMap { $0.split(separator: ",").compactMap { Float($0) } }
      #expect(read.map(\.bitPattern) == floats.map(\.bitPattern))
      let doubles = (0..<20).map { 1 / Double($0 + 3) }
      try CSV.write(columns: ["x"], to: folder.file("y.csv")) { append throws(VAEError) in
        try append(Matrix<Double>(rows: 20, columns: 1, elements: doubles))
      }
      let column = String(decoding: try folder.bytes("y.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
      #expect(column.map { Double($0) } == doubles)
    }
  }

  /// Which datum a row is of, whatever part of a set the rows are, and wherever the pieces end.
  @Test func rowsHaveTheirPositions() throws {
    try withTemporaryFolder { folder in
      let rows = Matrix<Float>(rows: 6, columns: 1, elements: (0..<6).map(Float.init))
      try CSV.write(columns: ["x"], positions: [33..<35, 40..<40, 7..<11], to: folder.file("x.csv")) {
        append throws(VAEError) in
        for range in [0..<1, 1..<5, 5..<6] { try append(rows.rows(range)) }
      }
      #expect(
        try folder.bytes("x.csv") == Array("datum,x\n33,0.0\n34,1.0\n7,2.0\n8,3.0\n9,4.0\n10,5.0\n".utf8))
    }
  }

  /// Names as RFC 4180 has them: read back by the library's own reader, too.
  @Test func namesAreQuoted() throws {
    try withTemporaryFolder { folder in
      let names = ["plain", "weight, kg", "5\" nails", "größe"]
      try CSV.write(columns: names, to: folder.file("x.csv")) { append throws(VAEError) in
        try append(Matrix<Float>(rows: 2, columns: 4, elements: [1, 2, 3, 4, 5, 6, 7, 8]))
      }
      let bytes = try folder.bytes("x.csv")
      #expect(bytes.starts(with: Array("plain,\"weight, kg\",\"5\"\" nails\",größe\n1.0,".utf8)))
      let stream = try TableStream(BytesReader(bytes), TableOptions())
      #expect(stream.columnNames == names)
    }
  }

  @Test func aFailureLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let problem = VAEError(.numerics, "in the middle")
      let error = #expect(throws: VAEError.self) {
        try CSV.write(columns: ["x"], of: Float.self, to: folder.file("x.csv")) { append throws(VAEError) in
          try append(Matrix(rows: 1, columns: 1))
          throw problem
        }
      }
      #expect(error == problem && folder.names == [])
    }
  }
}
