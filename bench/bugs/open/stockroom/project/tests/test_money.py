from stockroom.money import Money, total


def test_of():
    assert Money.of("12.5").cents == 1250
    assert Money.of(0.1) + Money.of(0.2) == Money.of("0.30")


def test_text():
    assert str(Money(123456)) == "1,234.56"
    assert str(Money(-5)) == "-0.05"


def test_split():
    parts = Money(100).split(3)
    assert [p.cents for p in parts] == [34, 33, 33]
    assert total(parts) == Money(100)
