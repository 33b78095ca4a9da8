"""Members: the list, somebody new, one of them, a merge, a file."""

from regulars.pages.console.frame.forms import Form
from regulars.pages.console.members.bring.view import ONE as IMPORT
from regulars.pages.console.members.bring.view import TEMPLATE as BRING
from regulars.pages.console.members.bring.view import Before, BringPage, ImportPage
from regulars.pages.console.members.chosen.view import RESULT, ChosenPage, One, ResultPage
from regulars.pages.console.members.chosen.view import TEMPLATE as CHOSEN
from regulars.pages.console.members.one.view import (
    MERGE,
    Candidate,
    Contact,
    Fact,
    Line,
    MemberPage,
    MergePage,
    Waiting,
)
from regulars.pages.console.members.one.view import TEMPLATE as MEMBER
from regulars.pages.console.members.view import NEW, TEMPLATE, MembersPage, NewPage, Row, Tab
from tests.unit.pages.card_samples import BRAND, LONG_BRAND, LONG_NAME, NOW

ZONE = "Europe/Budapest"
ROW = Row(
    "c1", "Nagyné Kovács-Szentgyörgyi Boglárka", "+3630•••0142", "Törzsvendég",
    48, "131 050 Ft", NOW, 12, "185 pont",
)  # fmt: skip
TABS = (
    Tab("Mindenki", "/console/members", 1284, True),
    Tab("Elmaradozik", "/console/members?view=at_risk", 46, False),
    Tab("Ebben a hónapban van a születésnapja", "/console/members?view=birthday", 102, False),
)
TIERS = (("", "bármelyik"), ("regular", "Törzsvendég"))
VISITS = (("", "bármikor"), ("30", "több mint 30 napja"))
LIST = MembersPage(
    BRAND, ZONE, NOW, "1 284 tag", "", "", TABS, "", TIERS, "", VISITS, "",
    (ROW, ROW._replace(name=LONG_NAME, contact="", seen=None, usual=None, fact=""),
     ROW._replace(name="שרה לוי", contact="sara@…", usual=1)),
    "/console/members?after=x", False, True,
)  # fmt: skip
LANGUAGES = (("hu", "Magyar"), ("en", "English"))
CHANGED = Form({"name": LONG_NAME, "email": "x"}, {"email": "Írj be egy címet."}, key="k")
LINE = Line(NOW, "8 pont 840 Ft után", "Kata, Fő utca, 8:42", "+1 bélyeg, +12 pont", True, 7)
ONE = MemberPage(
    BRAND, ZONE, NOW, "c1", "Nagyné Kovács-Szentgyörgyi Boglárka",
    "12 napja nem járt itt. Máskor négynaponta jön.",
    (Fact("Szint", "Arany", "2027 végéig"), Fact("Látogatás", "48", "2024. május óta"),
     Fact("Költés", "131 050 Ft"), Fact("Egyenleg", "185 pont", "40 lejár dec. 31-én")),
    (LINE, LINE._replace(gained="−80 pont", is_gain=False), LINE._replace(gained="")),
    "/console/members/c1?before=4",
    (Waiting("ABCD", "Egy kávé", NOW.date()), Waiting("EFGH", "Vendégjegy", None)),
    (Contact("phone", "+36305550142", True), Contact("email", "boglarka@example.com", False)),
    (("E-mail", True, "2026. november 4., a pultnál"), ("SMS", False, "")),
    (("Android", NOW.date()), ("", NOW.date())),
    "Mogyoróra érzékeny", "05-21", "hu", (("tags", "törzs"),),
    (("stamp", "bélyeg"), ("point", "pont")), TIERS[1:], (("sorry", "Bocsánat"),), LANGUAGES,
    "HUF", Form(key="k"), is_owner=True,
)  # fmt: skip
WRONG = Form({"amount": "sok", "reason": ""}, {"amount": "Írj be egy számot."}, key="k")
HIM = Candidate("c2", LONG_NAME, "+3630•••0142", "3 bélyeg")
MERGING = MergePage(BRAND, "c1", "Boglárka", "bog", (HIM, HIM._replace(name="")), None, (), Form())
COLUMNS = (("Név", "name"), ("E-mail cím", "email"), ("Cipőméret", ""))
OURS = (("", "nem kell"), ("name", "Név"), ("email", "E-mail"))
FILE = ImportPage(
    BRAND, "i1", "asks", "2 új, 0 változik, 0 marad, 1 kimarad", "Még semmi sem történt.", 3, 3,
    (), COLUMNS, OURS, ((4, "E-mail cím", "Ez nem e-mail cím."), (5, "", LONG_NAME)), 2, Form(),
)  # fmt: skip

PEOPLE = (One("c1", LONG_NAME, "12 bélyeg"), One("c2", "", ""))
CHOICE = ChosenPage(
    BRAND, PEOPLE, (("warm", LONG_NAME),), (("stamp", "bélyeg"),), Form(key="k"), may_export=True
)

PAGES = {
    "": LIST,
    "empty": LIST._replace(rows=(), following="", brand=LONG_BRAND, may_import=False),
    "nobody": LIST._replace(rows=(), following="", q=LONG_NAME, is_narrowed=True, tiers=()),
    "new": NewPage(BRAND, LANGUAGES, 0, Form(key="k")),
    "new-wrong": NewPage(BRAND, LANGUAGES, 16, CHANGED),
    "one": ONE,
    "one-adjust": ONE._replace(doing="adjust", form=WRONG, asked="boglarka@example.com"),
    "one-bare": ONE._replace(
        name="", vouchers=(), contacts=(), consents=(), note="", attributes=(), lines=(LINE,),
        tiers=(), surprises=(), following="", is_owner=False, brand=LONG_BRAND,
    ),
    "merge": MERGING,
    "merge-chosen": MERGING._replace(chosen=HIM, moves=("3 bélyeg", "2 utalvány")),
    "bring": BringPage(BRAND, ZONE, NOW, (Before("/console/members/import/i1", NOW, "2 új"),),
                       Form(errors={"file": "Válassz egy fájlt."}, key="k")),
    "import-asks": FILE,
    "import-doubts": FILE._replace(doubts=("Válaszd ki az e-mail oszlopát.",), errors=()),
    "import-runs": FILE._replace(state="runs", errors=(), done=1),
    "import-done": FILE._replace(state="done"),
    "chosen": CHOICE,
    "chosen-wrong": CHOICE._replace(
        form=Form({"amount": "x"}, {"amount": "Írj be egy számot."}), doing="adjust"
    ),
    "chosen-preview": CHOICE._replace(
        form=Form({"doing": "adjust", "amount": "+2", "reason": LONG_NAME}, key="k"),
        doing="adjust", preview="2 tag, mindegyik: +2 bélyeg",
    ),
    "chosen-result": ResultPage(BRAND, "2 tagnál módosítva", PEOPLE, PEOPLE, (("c1", "7"),)),
    "chosen-nobody": ResultPage(LONG_BRAND, "Senkinél sem történt meg", (), PEOPLE),
}  # fmt: skip
TEMPLATES = {
    MembersPage: TEMPLATE, NewPage: NEW, MemberPage: MEMBER, MergePage: MERGE, BringPage: BRING,
    ImportPage: IMPORT, ChosenPage: CHOSEN, ResultPage: RESULT,
}  # fmt: skip
