"""English short forms and what they are short for: Bob is Robert."""

from functools import lru_cache

# Given name: its short forms. A short form of several names has several roots.
SHORT_FORMS = """
abigail: abby gail
abraham: abe bram
adelaide: addie ada
agnes: aggie nessie
albert: al bert bertie
alexander: alex al sandy alec xander sasha lex
alexandra: alex sandra alexa lexi sasha
alfred: al alf alfie fred
alice: ali ally
alison: ali ally
amanda: mandy manda
amelia: amy milly millie
andrea: andie andy drea
andrew: andy drew
angela: angie
anna: annie ann anne nan nancy
ann: annie anne nan nancy nanny
anthony: tony ant
archibald: archie archy
arthur: art artie arty
augustus: gus gussie
barbara: barb barbie babs
bartholomew: bart barty
beatrice: bea trixie
benjamin: ben benny benji benjy
bernard: bernie barney
bertram: bert bertie
bridget: biddy bridie
calvin: cal
cameron: cam
caroline: carrie caro lina carol
catherine: cathy cath kate katie kitty cat kathy
cecilia: cissy celia
charles: charlie charley chas chuck chip
charlotte: charlie lottie lotty
christian: chris
christina: chris tina chrissy christie
christine: chris tina chrissy christie
christopher: chris kit topher kester
clarence: clarry
clement: clem
constance: connie
cornelius: con neil corny
cynthia: cindy
daniel: dan danny
david: dave davy davie
deborah: deb debbie debby
dennis: den denny
donald: don donnie
dorothy: dot dotty dolly dora dorrie
douglas: doug duggie
edmund: ed eddie ned ted
edward: ed eddie ned ted teddy
edwin: ed eddie ned win
eleanor: ellie nell nelly nora ella elly
elizabeth: liz lizzie beth betty bess bessie eliza betsy lisa elsie libby lizzy eliza
emily: em emmy millie
emma: em emmy
ernest: ernie
eugene: gene
evelyn: evie eve
ezekiel: zeke
florence: flo florrie flossie
frances: fran fanny francie frankie
francis: frank fran frankie
franklin: frank
frederick: fred freddie freddy fritz
gabriel: gabe
geoffrey: geoff jeff
george: georgie geordie
gerald: gerry jerry
gilbert: gil bert
gregory: greg
gwendolyn: gwen wendy
hannah: nan nanny
harold: harry hal
harriet: hattie harry
helen: nell nellie lena
henrietta: etta hettie hetty
henry: harry hal hank
herbert: herb bert bertie
horace: horry
hubert: bert hugh
hugh: hughie
isaac: ike zac
isabel: bella belle izzy ibby
isabella: bella belle izzy ibby
jacob: jake jack
jacqueline: jackie
james: jim jimmy jamie jem
jane: jenny janie
janet: jan
jeffrey: jeff
jennifer: jen jenny jenn
jeremiah: jerry jem
jeremy: jerry jem
jessica: jess jessie
joan: joanie
joanna: jo joan
john: jack johnny jock jon
jonathan: jon jonny jonty nathan
joseph: joe joey jo
josephine: jo josie
joshua: josh
judith: judy
julia: julie jill
julian: jules
katherine: kathy kath kate katie kitty kay kat
kenneth: ken kenny
laura: laurie lolly
lawrence: larry laurie lawrie
leonard: len lenny leo
leopold: leo
lewis: lew lou louie
lillian: lil lily lilly
louis: lou louie lew
louisa: lou lulu
louise: lou lulu
lucy: lu
madeline: maddie maddy
malcolm: mal
margaret: maggie meg peggy madge margie greta daisy marge peg rita maisie
maria: mary
marjorie: marge margie
martha: patty mattie
martin: marty
mary: molly polly may mae mamie minnie
matilda: tilly mattie maud
matthew: matt matty
maximilian: max
maxwell: max
melissa: mel missy
michael: mike mick micky mickey mikey
miriam: mimi
mohammed: mo
montague: monty
moses: mo
nathaniel: nat nathan nate
nicholas: nick nicky nicol colin
nicola: nicky nikki
oliver: ollie noll
olivia: livvy liv ollie
oswald: ozzie
pamela: pam
patricia: pat patty tricia trish patsy
patrick: pat paddy
penelope: penny
percival: percy
peter: pete
philip: phil pip
priscilla: cilla prissy
rachel: rae
ralph: ralphie
randolph: randy
raymond: ray
rebecca: becky becca
reginald: reg reggie rex
richard: dick rick richie ricky rich dickie
robert: bob rob bobby robbie robin bert
roderick: rod roddy
rodney: rod
roger: hodge rog
roland: roly rowland
ronald: ron ronnie
rosemary: rosie rose
rupert: rupe
russell: russ rusty
samantha: sam sammy
samson: sam
samuel: sam sammy
sarah: sally sadie sal
sebastian: seb bastian
sidney: sid
simon: sim si
solomon: sol solly
sophia: sophie
stanley: stan
stephen: steve stevie steph
steven: steve stevie
stewart: stew stu
stuart: stu stew
susan: sue susie suzie sukey
susanna: sue susie suzie sukey
sylvester: sly
sylvia: syl
tabitha: tabby
terence: terry
teresa: terry tess tessa tracy
theodore: ted teddy theo
theresa: terry tess tessa tracy
thomas: tom tommy tam
timothy: tim timmy
valentine: val
valerie: val
veronica: ronnie vera
victor: vic
victoria: vicky tori vickie
vincent: vin vince vinnie
virginia: ginny ginger
walter: wally walt wat
wilfred: wilf fred
wilhelmina: mina minnie
william: will bill billy willie liam willy
winifred: win winnie freda
winston: win
zachary: zac zack zach
"""


def _roots() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for line in SHORT_FORMS.strip().splitlines():
        name, _, short_forms = line.partition(": ")
        for short in (name, *short_forms.split()):
            found.setdefault(short, set()).add(name)
    return {short: tuple(sorted(names)) for short, names in found.items()}


ROOTS = _roots()


@lru_cache(maxsize=50_000)
def roots(given_name: str) -> tuple[str, ...]:
    """What the first of one's given names may be short for, itself included.

    >>> roots("bert")[:3]
    ('albert', 'bert', 'bertram')
    """
    first = given_name.partition(" ")[0]
    return tuple(sorted({*ROOTS.get(first, ()), first} - {""}))
