from gridcalc import Sheet, export_csv, import_csv


def test_import():
    sheet = import_csv('\ufeffname,price\r\n"Pear, green",1.50\r\n00123,=A1\r\n')
    assert sheet["A1"] == "name"
    assert sheet["A2"] == "Pear, green"
    assert sheet["B2"] == 1.5
    assert sheet["A3"] == "00123"
    assert sheet["B3"] == "=A1"


def test_import_at_a_place_with_formulas():
    sheet = Sheet()
    import_csv("1;2\n=B2+C2;", sheet, at="B2", delimiter=";", formulas=True)
    assert sheet["B3"] == 3
    assert sheet.size() == (3, 3)


def test_export():
    sheet = Sheet()
    sheet["A1"] = "a,b"
    sheet["B2"] = "=1/4"
    sheet.set_format("B2", "0.0%")
    assert export_csv(sheet) == '"a,b",\r\n,25.0%\r\n'
    assert export_csv(sheet, shown=False) == '"a,b",\r\n,0.25\r\n'
    assert export_csv(sheet, formulas=True) == '"a,b",\r\n,=1/4\r\n'
    assert export_csv(Sheet()) == ""
