"""Writes the books of the demo city: premises, accounts and reading files.

Usage: city.py FOLDER. The same files every time: nothing here is random.

Cycle 7 has 2,000 accounts and is billed on the day. Cycle 3 has three accounts with a story: one that has not paid, one
whose occupant changes, one place that stands empty with its power off.
"""

import json
import pathlib
import sys

ACCOUNTS = 2000
CHUNK = 100  # rows that one call takes
FIRST_NAMES = ("Ada Ben Carla Dmitri Elena Farid Grace Hugo Ines Jonas Kim Lucia Marco Nadia Oskar Paula Quinn Rosa Sven "
               "Tara Ugo Vera Wim Xenia Yusuf Zoe").split()
LAST_NAMES = ("Anders Brand Castillo Duarte Eriksen Flores Garcia Hansen Iverson Jensen Kimball Larsen Morales Nielsen Olsen "
              "Pratt Quist Ramirez Smoot Thayne Udall Vance Wright Young Zabriskie").split()
STREETS = ("Center St", "University Ave", "Freedom Blvd", "Canyon Rd", "Columbia Ln", "Geneva Rd")
CURIOUS_NUMBER = 109
METERED = {1: ("electric", "E1", "kWh", 6), 2: ("water", "W1", "kgal", 5)}
FLAT = {3: ("sewer", "S1", 4500), 4: ("storm", "D1", 1000), 5: ("sanitation", "C1", 1000)}


def with_check_digit(payload):
    """The account number of ten digits: weights 2, 1, 2, 1, ... from the left, digits of the products summed."""
    total = 0
    for index, digit in enumerate(f"{payload:010d}"):
        product = int(digit) * (2 if index % 2 == 0 else 1)
        total += product // 10 + product % 10
    return payload * 10 + (10 - total % 10) % 10


class Household:
    """One place, and whoever lives there."""

    def __init__(self, number, cycle):
        self.number = number
        self.cycle = cycle
        self.premise_id = 1_000_000 + number
        self.customer_id = 2_000_000 + number
        self.account_id = with_check_digit(1_000_000_000 + number)
        self.meters = {1: f"E{100_000 + number}", 2: f"W{100_000 + number}"}
        self.start_counts = {1: 20_000 + 37 * number % 60_000, 2: 300 + 7 * number % 4_000}

    def street(self):
        return f"{100 + 4 * (self.number % 500)} {'NSEW'[self.number % 4]} {STREETS[self.number // 500 % len(STREETS)]}"

    def address(self):
        return {"street": self.street(), "city": "Provo", "region": "UT", "postal_code": "84601"}

    def use(self, point, month):
        """Units in the month: 250 to 1,649 kWh, 2 to 15 kgal, a little more in colder months; one household has bought
        an electric heater."""
        if point == 1:
            heater = 700 if self.number == CURIOUS_NUMBER and month > 1 else 0
            return 250 + 13 * self.number % 1_300 + 20 * month + self.number % 41 + heater
        return 2 + self.number % 13 + month % 2

    def count(self, point, month):
        """What the register shows at the end of the month; month 0 is the start."""
        return self.start_counts[point] + sum(self.use(point, m) for m in range(1, month + 1))

    def premise(self, power_on=True):
        points = []
        for no, (service, schedule, unit, digits) in METERED.items():
            points.append({"service_point_no": no, "service": service, "schedule_code": schedule,
                           "quantity_thousandths": 1000, "meter_number": self.meters[no], "register_digits": digits,
                           "multiplier_thousandths": 1000, "unit": unit,
                           "supply": "SUPPLY_ON" if power_on or service != "electric" else "SUPPLY_OFF"})
        for no, (service, schedule, quantity) in FLAT.items():
            points.append({"service_point_no": no, "service": service, "schedule_code": schedule,
                           "quantity_thousandths": quantity, "supply": "SUPPLY_ON"})
        return {"premise_id": self.premise_id, "cycle": self.cycle, "customer_class": "CUSTOMER_CLASS_RESIDENTIAL",
                "address": self.address(),
                "service_points": points}

    def account(self, start_date):
        name = f"{FIRST_NAMES[self.number % 26]} {LAST_NAMES[self.number // 26 % 25]}"
        agreements = [{"service_point_no": no, "start_date": start_date,
                       "start_read_thousandths": self.start_counts.get(no, 0) * 1000} for no in (1, 2, 3, 4, 5)]
        return {"account_id": self.account_id, "customer_id": self.customer_id, "premise_id": self.premise_id,
                "customer": {"kind": "CUSTOMER_KIND_PERSON", "name": name, "language": "es" if self.number % 5 == 0 else "en",
                             "mailing_address": self.address(), "mobile_phone": f"801555{self.number % 10_000:04d}", "verification": "VERIFICATION_VERIFIED"},
                "open_date": "2024-05-01", "agreements": agreements}


DELINQUENT, LEAVING, EMPTY = (Household(number, cycle=3) for number in (1, 2, 3))
STORIES = [DELINQUENT, LEAVING]
CYCLE_7 = [Household(10 + index, cycle=7) for index in range(ACCOUNTS)]
MISREAD = CYCLE_7[14]  # its electric register is read ten times too high
CURIOUS = CYCLE_7[CURIOUS_NUMBER - 10]  # asks why the bill is so high
MAILS = CYCLE_7[199]  # pays with a check and the stub


def write_calls(path, method, rows):
    """Rows in chunks."""
    lines = ["as pia"]
    for start in range(0, len(rows), CHUNK):
        chunk = [{"line": start + index + 1, **row} for index, row in enumerate(rows[start:start + CHUNK])]
        lines.append(f"{method} {json.dumps({'rows': chunk})}")
    path.write_text("\n".join(lines) + "\n")


def reads(households, date, month):
    for household in households:
        for point, (_, _, unit, _) in METERED.items():
            yield household.meters[point], date, str(household.count(point, month)), unit


def write_reads(path, rows):
    path.write_text("".join(",".join(row) + "\n" for row in [("meter_number", "read_date", "read", "unit"), *rows]))


def november():
    """The reading file of the day: one register misread by ten, and rows that are wrong in every way of the field."""
    rows = []
    for row in reads(CYCLE_7, "2026-11-20", 2):
        if row[0] == MISREAD.meters[1]:
            row = (row[0], row[1], str(MISREAD.count(1, 1) + 10 * MISREAD.use(1, 2)), row[3])
        rows.append(row)
    rows.insert(1000, ("E999999", "2026-11-20", "4711", "kWh"))  # an unknown meter
    rows.insert(1500, rows[1400])  # the same row twice
    rows[2000] = (rows[2000][0], rows[2000][1], "-12", rows[2000][3])
    rows[2500] = (rows[2500][0], rows[2500][1], "12a4", rows[2500][3])
    rows[3000] = (rows[3000][0], "2026-02-30", rows[3000][2], rows[3000][3])
    return rows


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    everybody = STORIES + CYCLE_7
    premises = [{"premise": household.premise()} for household in everybody] + [{"premise": EMPTY.premise(power_on=False)}]
    write_calls(folder / "1-premises.calls", "reeve.account.v1.PremiseService/ImportPremises", premises)
    write_calls(folder / "2-accounts.calls", "reeve.account.v1.AccountService/ImportAccounts",
                [household.account("2026-08-21") for household in STORIES] +
                [household.account("2026-09-21") for household in CYCLE_7])
    write_reads(folder / "reads-2026-09.csv", reads(STORIES, "2026-09-21", 1))
    write_reads(folder / "reads-2026-10.csv", reads(CYCLE_7, "2026-10-21", 1))
    write_reads(folder / "reads-2026-11.csv", november())
    facts = {"DELINQUENT": DELINQUENT, "LEAVING": LEAVING, "EMPTY": EMPTY, "MISREAD": MISREAD, "CURIOUS": CURIOUS,
             "MAILS": MAILS, "LAST": CYCLE_7[-1]}
    (folder / "facts").write_text("".join(
        f"{name}_ACCOUNT={household.account_id}\n{name}_PREMISE={household.premise_id}\n"
        f"{name}_METER={household.meters[1]}\n{name}_STREET='{household.street()}'\n"
        f"{name}_READ={household.count(1, 2)}\n{name}_WATER_METER={household.meters[2]}\n"
        f"{name}_WATER_READ={household.count(2, 2)}\n" for name, household in facts.items()))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
