"""Tables at random, in every dialect that is read, and what pandas makes of them when it is told the dialect.

python tables.py FOLDER COUNT SEED writes FOLDER/0.csv … and FOLDER/tables.json, a list: the file, the columns to leave out,
the names of the others (null without a header), and their values [rows, columns] as the bits of float64 in hexadecimal.

What nobody could tell without being told is left out: names that are whole numbers over a few columns of whole numbers, a
column of decimal commas without a name, and rows that are numbered from 1 over one column of whole numbers.
"""

import io
import json
import random
import struct
import sys
import warnings

import pandas

MISSING = ["#N/A", "#NA", "-1.#IND", "-NaN", "-nan", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"]
WORDS = ["height", "weight", "age", "größe", "x", "Temp, C", "a;b", "p|q", "two words", "say \"hi\"", "温度", "E5", "1st", "-"]


def number(r, kind):
    """One number as text, with a point, and whether it has one."""
    value = r.gauss(0, 1) * 10.0 ** r.choice([-3, 0, 0, 1, 3])
    if kind == "fixed":
        return f"{value:.{r.choice([1, 2, 4])}f}"
    if kind == "milli":
        return f"{value:.3f}"
    if kind == "shortest":
        return repr(value)
    if kind == "general":
        return f"{value:g}"
    if kind == "exponent":
        return f"{value:.{r.randint(0, 18)}{r.choice('eE')}}"
    if kind == "long":
        return f"{value:.{r.randint(17, 40)}f}"
    if kind == "extreme":
        return repr(r.choice([-1, 1]) * r.uniform(1, 10) * 10.0 ** r.randint(-320, 307))
    if kind == "large":
        # Whole ones that double precision holds: others are refused.
        value, end = r.randint(-(2**60), 2**60), r.choice(["", ".0", ".5"])
        return str(value if end else int(float(value))) + end
    if kind == "bare":
        return r.choice([f"{abs(value):.3f}".lstrip("0"), f"{round(value)}.", f"+{abs(value):.2f}"])
    if kind == "infinite":
        return r.choice(["inf", "-inf", "Infinity", "1.5"])
    if kind == "count":
        return str(r.randint(0, 300))
    return str(r.randint(-50, 50))


FRACTIONS = ["fixed", "milli", "shortest", "exponent", "long", "bare"]
KINDS = FRACTIONS + ["general", "extreme", "large", "infinite", "count", "integer", "integer", "bool"]


def table(r):
    """A table's bytes, how pandas is told to read it, the columns to leave out, and its names."""
    separator = r.choice([",", ",", ";", "\t", "|", " "])
    decimal = "." if separator == "," else r.choice([".", ","])
    columns, rows = r.randint(1, 8), r.choice([1, 2, 3, 10, 40, 150])
    kinds = [r.choice(KINDS) for _ in range(columns)]
    if separator == " " and decimal == ",":
        # " ,5" is not taken for a number.
        kinds = ["fixed" if kind == "bare" else kind for kind in kinds]
    header = r.choice(["none", "words", "words", "words", "numbers", "mixed", "twice"])
    if columns == 1 and decimal == ",":
        header = "words"
    fractions = [kind in FRACTIONS and kind != "exponent" for kind in kinds]
    if header == "numbers" and not (columns > 3 or any(fractions)):
        header = "words"
    if header == "mixed" and columns < 3:
        header = "words"
    index = r.choice(["none"] * 4 + ["unnamed", "rows"])
    if header in ("none", "twice") or header == "numbers" and index == "rows" or columns == 1 and decimal == "," and index == "rows":
        index = "none"
    text = columns > 1 and index == "none" and r.random() < 0.2

    def names():
        words = r.sample(WORDS, columns) if columns <= len(WORDS) else []
        if header == "numbers":
            first = r.choice([0, 1]) if columns > 1 or index == "unnamed" else 0
            if all(fractions) and columns > 2 and index == "none":
                first = r.choice([0, 1, 400])
            return [str(first + i * (10 if first == 400 else 1)) for i in range(columns)]
        if header == "mixed":
            return words[: columns // 2 + 1] + [str(2000 + i) for i in range(columns - columns // 2 - 1)]
        if header == "twice" and columns > 1:
            words[1] = words[0]
        return words

    gaps = r.choice([0, 0, 0.1, 0.5])
    empty = [""] if separator != " " else ['""']
    cells = []
    for _ in range(rows):
        row = []
        for kind in kinds:
            if r.random() < gaps:
                row.append(r.choice(empty + MISSING[: r.randint(1, len(MISSING))]))
            elif kind == "bool":
                row.append(r.choice(["True", "False"]) if columns % 2 else r.choice(["TRUE", "FALSE", "true", "false"]))
            else:
                row.append(number(r, kind).replace(".", decimal))
        cells.append(row)
    # Empty lines are no rows, separators at the ends of rows alone are refused, and columns without values are left out.
    if columns == 1 or index == "rows" or header in ("none", "numbers"):
        cells[0] = [number(r, "fixed").replace(".", decimal) if kind != "bool" else "True" for kind in kinds]
    titles = None if header == "none" else names()
    dropped = []
    if text:
        place = r.randrange(columns)
        for row in cells:
            row.insert(place, r.choice(["setosa", "virginica", "New York", "2020-01-01", "x, y", "a;b"]))
        if titles:
            titles.insert(place, "name")
        # A name goes before a number, and names may be numbers.
        dropped = ["name"] if titles else [str(place + 1)]
    if index != "none":
        for i, row in enumerate(cells):
            row.insert(0, str(i + (index == "rows")))
    written = titles
    if titles and index == "unnamed":
        titles = written = [""] + titles

    quoting = r.choice(["needed", "needed", "all", "names"])
    padding = r.random() < 0.15 and quoting == "needed" and separator != "\t"

    def quoted(cell, isName):
        separators = separator if len(cells[0]) > 1 else ",;|\t"
        special = any(character in cell for character in separators + '"\r\n') and (isName or len(cells[0]) > 1) or cell.startswith(" ") or "#" == cell[:1]
        if cell == '""':
            return cell
        if quoting == "all" or quoting == "names" and isName or special or separator == " " and (cell == "" or " " in cell):
            return '"' + cell.replace('"', '""') + '"'
        # Around words pandas does not skip blanks.
        isPadded = padding and (isName or cell[-1:].isdigit())
        return " " * r.randint(0, 2) + cell + " " * r.randint(0, 2) if isPadded else cell

    lines = [] if written is None else [[quoted(name, True) for name in written]]
    for row in cells:
        lines.append([quoted(cell, False) for cell in row])
        if index == "rows":
            lines[-1][0] = f'"{row[0]}"' if quoting != "needed" or columns == 1 else row[0]
    # A separator behind a row alone may be one value more.
    trailing = separator != " " and index != "rows" and len(cells[0]) > 1 and (rows > 1 or titles) and r.random() < 0.1
    if trailing:
        lines = [line + [""] for line in lines]
    end = r.choice(["\n", "\n", "\r\n", "\r"])
    joined = []
    for line in lines:
        glue = separator if separator != " " else " " * (r.randint(1, 3) if padding else 1)
        joined.append(glue.join(line))
        # pandas loses its way at empty lines between carriage returns.
        if r.random() < 0.03 and end != "\r":
            joined.append(r.choice(["", "", "  "]))
    first = 0
    if r.random() < 0.05 and separator != " ":
        joined.insert(0, "sep=" + separator)
        first = 1
    elif r.random() < 0.05:
        joined.insert(0, "# made by a program that nobody knows on a day that nobody knows")
        first = 1
    content = end.join(joined) + r.choice(["", end, end, end + end])
    encoding = r.choice(["utf-8", "utf-8", "utf-8-sig"])
    options = dict(
        sep=r"\s+" if separator == " " else separator, decimal=decimal, header=None if written is None else 0,
        encoding=encoding, float_precision="round_trip", index_col=False)
    if index == "rows":
        options.update(index_col=0, header=None)
        first += 1
    # pandas loses a column where it skips a line before one that begins with a separator.
    told = content.split(end, first)[-1].encode(encoding)
    return content.encode(encoding), told, options, dropped, titles, trailing


def bits(frame):
    """The values, booleans as 1 and 0, as float64 in hexadecimal; one NaN for all."""
    words = []
    for row in frame.itertuples(index=False):
        for value in row:
            if isinstance(value, str) and value.lower() in ("true", "false"):
                # Beside some gaps pandas leaves them as text.
                value = value.lower() == "true"
            if isinstance(value, str):
                raise ValueError(f"pandas reads text: {value!r}")
            value = float("nan") if pandas.isna(value) else float(value)
            words.append("7ff8000000000000" if value != value else struct.pack(">d", value).hex())
    return "".join(words)


def main(folder, count, seed):
    tables = []
    for i in range(count):
        r = random.Random(f"{seed} {i}")
        content, told, options, dropped, titles, trailing = table(r)
        with open(f"{folder}/{i}.csv", "wb") as file:
            file.write(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pandas.read_csv(io.BytesIO(told), **options)
        if trailing:
            frame = frame.iloc[:, :-1]
        keep = [j for j in range(frame.shape[1]) if (titles[j] if titles else str(j + 1)) not in dropped]
        names = titles and [titles[j].strip() for j in keep]
        frame = frame.iloc[:, keep]
        tables.append(dict(file=f"{i}.csv", dropped=dropped, names=names, rows=len(frame), values=bits(frame)))
    with open(f"{folder}/tables.json", "w") as file:
        json.dump(tables, file)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
