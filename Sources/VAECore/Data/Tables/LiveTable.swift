/// The rows of a table that come one by one, as through a pipe, read as the data of a model are: each as soon as it is there.
///
/// Its separator and its decimal mark are those of the model's table, or what the options say, since nobody waits for rows to tell by; a first
/// row with the names of half of the model's columns and more is a header, which must have all of them.
public struct LiveTable {
  /// Some rows that have come.
  public struct Rows {
    /// Those that could be read.
    public let data: Dataset
    /// The number of each among all that have come, from 0 on.
    public let positions: [Int]
    /// Those that could not, by their numbers, and why.
    public let refusals: [(position: Int, error: VAEError)]
  }

  private var stream: TableStream
  private var count = 0
  /// What ended the table behind rows that are to be handed out first.
  private var failure: VAEError?

  /// Where the bytes come from.
  public var name: String { stream.name }

  /// A table whose bytes come from a reader; nil where it ends before its first row.
  ///
  /// - Parameters:
  ///   - reader: the reader.
  ///   - options: how it is read, with the model's schema and the names of its columns, where these have some.
  /// - Throws: where the first row does not have the columns, or bytes cannot be read.
  public init?(_ reader: any ByteReader, _ options: TableOptions) throws(VAEError) {
    var options = options
    let style = options.schema?.style
    options.separator = options.separator ?? style?.separator ?? .comma
    if options.decimal == .detect { options.decimal = style?.hasDecimalCommas ?? false ? .comma : .point }
    var records = try SeparatedRecords(reader, isLive: true)
    records.separate(by: options.separator!)
    guard let first = try records.firstTexts() else { return nil }
    if options.header == .detect {
      let names = options.matching ?? options.schema?.names
      let known = names.map { Set($0).intersection(first).count } ?? 0
      options.header = known > 0 && 2 * known >= names?.count ?? 0 ? .yes : .no
    }
    guard let stream = try TableStream(live: records, options) else { return nil }
    self.stream = stream
  }

  /// The rows that have come since, up to a number of them: it waits for one, and for no other. Nil at the end.
  ///
  /// - Throws: where the text can no longer be split into rows, or bytes cannot be read. What is wrong with a row by itself is among its
  ///   ``Rows/refusals``.
  public mutating func next(_ most: Int = 4096) throws(VAEError) -> Rows? {
    if let failure { throw failure }
    var builder = stream.builder()
    var positions: [Int] = []
    var refusals: [(position: Int, error: VAEError)] = []
    while positions.count + refusals.count < most {
      let isFirst = positions.isEmpty && refusals.isEmpty
      let row: Result<[Double], VAEError>?
      do throws(VAEError) { row = try stream.nextLiveRow(waits: isFirst) } catch {
        if isFirst { throw error }
        failure = error
        break
      }
      guard let row else { break }
      switch row {
      case .success(let values):
        builder.append(values, lines: [stream.line])
        positions.append(count)
      case .failure(let error): refusals.append((count, error))
      }
      count += 1
    }
    return positions.isEmpty && refusals.isEmpty
      ? nil : Rows(data: builder.dataset(), positions: positions, refusals: refusals)
  }
}
