"""Check digits: they tell an identifier from a number that only has its length."""

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B, for payment cards."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def npi(digits: str) -> bool:
    """National Provider Identifier: ten digits, Luhn with the prefix 80840. Source: 45 CFR 162.406."""
    return len(digits) == 10 and digits[0] in "12" and luhn("80840" + digits)


def dea(number: str) -> bool:
    """DEA registration: two letters and seven digits. (d1+d3+d5) + 2(d2+d4+d6) ends in d7."""
    d = [int(c) for c in number[2:]]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def vin(number: str) -> bool:
    """Vehicle identification number of 17 characters, upper case. Source: 49 CFR 565.15(c)."""
    if len(number) != 17 or number.isdigit() or number.isalpha():
        return False
    values = [int(c) if c.isdigit() else _VIN_VALUES.get(c, 0) for c in number]
    rest = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return number[8] == ("X" if rest == 10 else str(rest))


def iban(number: str) -> bool:
    """International bank account number without spaces, upper case. Source: ISO 13616-1."""
    turned = number[4:] + number[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
