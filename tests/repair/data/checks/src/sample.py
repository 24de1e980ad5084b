import nothing_here


def total(prices: list[int]) -> str:
    return sum(prices) + missing_name


label = "😀"; count: int = "many"
total("1", 2)
