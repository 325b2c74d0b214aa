/// Rows and columns of text, as a person reads them or a program does.
package struct Table: Sendable {
  package var header: [String]
  package var rows: [[String]] = []

  package init(_ header: [String]) { self.header = header }

  package mutating func add(_ cells: [String]) {
    precondition(cells.count == header.count, "\(cells.count) cells under \(header.count) headings")
    rows.append(cells)
  }

  /// In columns, numbers to the right and words to the left.
  package var text: String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max()! }
    let numeric = header.indices.map { column in
      // A number may have its spread in parentheses behind it, or be missing.
      rows.allSatisfy { row in
        ["", "–"].contains(row[column])
          || Double(row[column].prefix { $0 != " " && $0 != "%" }.replacing("−", with: "-")) != nil
      }
    }
    return ([header] + rows).map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return numeric[column] ? padding + row[column] : row[column] + padding
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    .joined(separator: "\n")
  }

  /// As comma-separated values (RFC 4180).
  package var csv: String {
    ([header] + rows).map { row in
      row.map { cell in
        cell.contains { "\",\n".contains($0) } ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
      }
      .joined(separator: ",") + "\n"
    }
    .joined()
  }
}
