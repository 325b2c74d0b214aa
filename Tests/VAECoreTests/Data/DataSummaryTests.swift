import Foundation
import TestSupport
import Testing
import VAECore

/// Ranges, means and deviations against plain sums.
struct DataSummaryTests {
  @Test func ofNumbers() throws {
    var random = TestRandom(1)
    // Far from zero, where Σ x² − n mean² has no digits left.
    let values = (0..<3000).map { Float(random.normal() * 2 + ($0 % 3 == 0 ? 10_000 : -5)) }
    var stream: any DataStream = SourceStream(Dataset(name: "numbers", floats: values, dataSize: 3))
    var told = 0
    let summary = try DataSummary(&stream) { told = $0 }
    #expect(summary.count == 1000 && told == 1000)
    func check(_ result: DataSummary.Values, _ values: [Float]) {
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      let deviation = (values.reduce(0) { $0 + pow(Double($1) - mean, 2) } / Double(values.count)).squareRoot()
      #expect(result.count == values.count && result.missing == 0)
      #expect(result.minimum == Double(values.min()!) && result.maximum == Double(values.max()!))
      #expect(abs(result.mean - mean) < 1e-12 * 10_000 && abs(result.deviation - deviation) < 1e-11 * deviation)
    }
    for column in 0..<3 { check(summary.columns[column], stride(from: column, to: 3000, by: 3).map { values[$0] }) }
    check(summary.all, values)
  }

  @Test func ofBytes() throws {
    var stream: any DataStream = SourceStream(
      Dataset(name: "bytes", bytes: [0, 51, 255, 102], dataSize: 2, whiteLevel: .value(255)))
    let summary = try DataSummary(&stream)
    #expect(summary.columns.map(\.minimum) == [0, 0.2] && summary.columns.map(\.maximum) == [1, 0.4])
    #expect(abs(summary.all.mean - 0.4) < 1e-7)
  }

  /// A header that promises no data of a great size makes nobody ask for memory for one.
  @Test func noDataTakeNoMemory() throws {
    let bytes = idxFile(dimensions: [0, 1 << 16, 1 << 16], elements: [])
    var stream: any DataStream = try ArrayStream(BytesReader(bytes)) { reader throws(VAEError) in
      try IDX.layout(&reader)
    }
    let summary = try DataSummary(&stream)
    #expect(summary.count == 0 && summary.columns.isEmpty && summary.all.count == 0 && stream.dataSize == 1 << 32)
    let error = #expect(throws: VAEError.self) { _ = try ImputedStream.means(of: stream) }
    #expect(error?.lacks("bytes", "no data") == [])
  }

  @Test func missingValuesCountNowhereElse() throws {
    var stream: any DataStream = SourceStream(
      Dataset(name: "numbers", floats: [1, .nan, .nan, .nan, 3, .nan], dataSize: 2))
    let summary = try DataSummary(&stream)
    #expect(summary.columns[0].count == 2 && summary.columns[0].missing == 1)
    #expect(summary.columns[0].mean == 2 && summary.columns[0].deviation == 1)
    #expect(summary.columns[1].count == 0 && summary.columns[1].missing == 3)
    #expect(summary.columns[1].mean.isNaN && summary.columns[1].deviation.isNaN)
    #expect(summary.all.count == 2 && summary.all.missing == 4 && summary.all.mean == 2)
  }

  /// They are values, but have no part in what they would make senseless.
  @Test func infiniteValuesCountByThemselves() throws {
    var stream: any DataStream = SourceStream(
      Dataset(name: "numbers", floats: [1, .infinity, .infinity, 2, 3, .nan, .nan, -.infinity], dataSize: 2))
    let summary = try DataSummary(&stream)
    #expect(summary.columns.map(\.count) == [3, 3] && summary.columns.map(\.infinite) == [1, 2])
    #expect(summary.columns.map(\.missing) == [1, 1])
    #expect(summary.columns[0].mean == 2 && summary.columns[0].deviation == 1)
    #expect(summary.columns[0].minimum == 1 && summary.columns[0].maximum == .infinity)
    #expect(summary.columns[1].mean == 2 && summary.columns[1].deviation == 0)
    #expect(summary.columns[1].minimum == -.infinity && summary.columns[1].maximum == .infinity)
    #expect(summary.all.count == 6 && summary.all.infinite == 3 && summary.all.mean == 2)
  }
}
