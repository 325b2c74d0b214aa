import CommandSupport
import Testing

struct TableTests {
  @Test func text() {
    var table = Table(["name", "value"])
    table.add(["a", "1.5"])
    table.add(["long name", "−20"])
    table.add(["missing", "–"])
    #expect(table.text == "name       value\na            1.5\nlong name    −20\nmissing        –")
  }

  @Test func commaSeparatedValues() {
    var table = Table(["name", "value"])
    table.add(["with, comma and \"quotes\"", "1"])
    #expect(table.csv == "name,value\n\"with, comma and \"\"quotes\"\"\",1\n")
  }
}
