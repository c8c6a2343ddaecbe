HEAD = "sources:\n  crm:\n    file: a.csv\n    key: id\n"


def test_a_small_source_is_enough(problems_of):
    assert problems_of(HEAD) == []


def test_every_mistake_is_told_at_once_with_its_place(problems_of):
    found = problems_of(
        "sources:\n"
        "  crm:\n"
        "    file: b.csv\n"
        "    kee: id\n"
        "    key: id\n"
        "    trust: 200\n"
        "    identifiers:\n"
        "      fone: name\n"
        "  web:\n"
        "    file: a.csv\n"
        "    key: id\n"
        "    fields:\n"
        "      name: nmae\n"
        "    events:\n"
        "      type: logon\n"
        "      at: at\n"
    )
    assert [line.split("\n")[0] for line in found] == [
        "sources.yaml:3:11: there is no file 'b.csv' in the firm's folder (did you mean 'a.csv'?)",
        "sources.yaml:4:5: unknown key 'kee' of source 'crm' (did you mean 'key'?)",
        "sources.yaml:6:12: trust is a whole number from 0 to 100",
        "sources.yaml:8:7: unknown identifier 'fone' (did you mean 'phone'?)",
        "sources.yaml:13:13: a.csv has no column 'nmae' (did you mean 'name'?)",
        "sources.yaml:15:13: unknown event 'logon' (did you mean 'login'?)",
    ]


def test_a_missing_key_and_a_missing_file_are_mistakes(problems_of):
    assert any("lacks 'key'" in p for p in problems_of("sources:\n  crm:\n    file: a.csv\n"))
    assert any("lacks 'file'" in p for p in problems_of("sources:\n  crm:\n    key: id\n"))


def test_what_is_no_yaml_is_told_with_its_place(problems_of):
    assert problems_of("sources: [1,\n  2")[0].startswith("sources.yaml:2")
    assert "said twice" in problems_of(HEAD + "    key: name\n")[0]


def test_slots_run_out_with_a_clear_word(problems_of):
    fields = "".join(f"      extra_{n}: name\n" for n in range(9))
    assert any("8 text slots" in p for p in problems_of(HEAD + "    fields:\n" + fields))


def test_amount_is_said_in_one_unit(problems_of):
    text = HEAD + "    orders: { number: id, amount_fen: name, amount_yuan: name }\n"
    assert any("not both" in p for p in problems_of(text))


def test_a_cell_is_one_column_several_or_a_constant(problems_of):
    fields = HEAD + "    fields:\n      name: "
    assert problems_of(fields + "{ columns: [id, name] }\n") == []
    assert any(
        "has no column 'nome'" in p for p in problems_of(fields + "{ columns: [id, nome] }\n")
    )
    assert any("one of 'column'" in p for p in problems_of(fields + "{ column: id, is: x }\n"))
    assert any("a list of columns" in p for p in problems_of(fields + "{ columns: id }\n"))


def test_a_file_that_is_none_hides_no_other_mistake(problems_of, tmp_path):
    (tmp_path / "b.xlsx").write_text("no workbook", "utf-8")
    found = problems_of(
        "sources:\n  b: { file: b.xlsx, key: id }\n  a: { file: a.csv, key: nope }\n"
    )
    assert found[0].startswith("sources.yaml:2:6: b.xlsx is no spreadsheet")
    assert found[1].startswith("sources.yaml:3:26: a.csv has no column 'nope'")
