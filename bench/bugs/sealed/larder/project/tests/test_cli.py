import json

from larder.cli import main


def test_put_and_get(tmp_path, capsys):
    folder = str(tmp_path / "new" / "store")
    assert main([folder, "put", "name", "Käse"]) == 0
    assert main([folder, "get", "name"]) == 0
    assert capsys.readouterr().out == "Käse\n"
    assert main([folder, "get", "other"]) == 1
    assert main([folder, "delete", "name"]) == 0
    assert main([folder, "delete", "name"]) == 1


def test_export_and_import(tmp_path, capsys):
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    for key in ("b", "a"):
        main([one, "put", key, key * 3])
    main([one, "export"])
    text = capsys.readouterr().out
    assert [json.loads(line)["key"] for line in text.splitlines()] == ["a", "b"]
    (tmp_path / "dump").write_text(text + "\n")
    assert main([other, "import", str(tmp_path / "dump")]) == 0
    main([other, "list"])
    assert capsys.readouterr().out == "a\nb\n"


def test_locked(tmp_path, capsys):
    (tmp_path / "lock").write_text("1")
    assert main([str(tmp_path), "list"]) == 2
    assert "open already" in capsys.readouterr().err
