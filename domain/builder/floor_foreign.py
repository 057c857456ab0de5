"""German, French, Spanish, Italian, Portuguese and Dutch: what is protected there, and the few things one may do with it.

The burden is the same as in English: a clause that names one of these things, and neither forbids nor asks nor
reports nor does one of the harmless things with it, is an order about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.builder import floor_safe as safe
from domain.builder import floor_words as grammar
from domain.builder.categories import FloorClass
from domain.builder.floor_clauses import Clause
from domain.builder.floor_described import is_advice
from domain.builder.floor_hit import FloorHit
from domain.builder.floor_orders import is_excused
from domain.builder.floor_vocabulary import ENGLISH
from domain.builder.floor_words import NEGATORS, POST_NEGATORS, words

_LOOK = (
    r"sprawdz\w*|zapytaj|kontrollera|fraga om|sjekk|kontroller|"
    r"pruf\w*|uberpruf\w*|kontrollier\w*|frag(?:en|e) sie,? ob|schau\w*|seh(?:en|t)|sieh|siehe|notier\w* sie,? ob|wart\w*|verifiez|verifier|controlez|regardez|attendez|compruebe\w*|comprobar|verifi\w*|revise|mire|espere|controll\w*|guard[ai]|"
    r"attend\w*|confira|veja|aguarde|controleer\w*|kijk\w*|wacht|bekijk|ob|whether|eskalier\w*|escalad\w*|escalez|escal[ae]r?|escaleer\w*|ubergeb\w*|transmet\w*"
)
_TYPE = (
    r"tipp\w*|eintipp\w*|eingeb\w*|eingegeben|geben .* ein|gib .* ein|anmeld\w*|meld\w*|saisi\w*|ressaisi\w*|tape[rz]|retape[rz]|entre[rz]|connect\w*|escrib\w*|teclee\w*|introdu\w*|ingres\w*|inici\w*|digit\w*|ridigit\w*|inseri\w*|reinseri\w*|"
    r"insira|acced\w*|accesso|typ\w*|voer\w*|invoer\w*|log\w*|aanmeld\w*|bekannt\w*|gewohnt\w*|ublich\w*|habituel\w*|connue?s?|conocid[ao]s?|conoce\w*|habitual\w*|not[ao]|abituale|solit[ao]|conhecid[ao]|bekende?|gebruikelijke?|gewone"
)
_OPEN = (
    r"offn\w*|schliess\w*|such\w*|speicher\w*|druck\w*|anhang\w*|send\w*|schick\w*|ouvr\w*|rouvr\w*|ferm\w*|cherch\w*|enregistr\w*|imprim\w*|envoy\w*|joign\w*|abr[aei]\w*|reabr\w*|cierr\w*|busc\w*|busque|guard\w*|envi\w*|apri|riapri|chiud\w*|cerc\w*|salv\w*|stamp\w*|invi\w*|"
    r"fech\w*|procur\w*|open|heropen|sluit\w*|zoek\w*|bewaar\w*|print\w*|stuur\w*"
)
_THINGS: tuple[tuple[FloorClass, str, str], ...] = (
    (
        FloorClass.SECRETS_IDENTITY,
        (
            r"hasl[oaem]\w*|kod(?:em|u|y|en)?|pincode|adgangskode\w*|passord\w*|losenord\w*|passwort\w*|passworter\w*|kennwort\w*|geheimzahl|mots? de passe|contrasenas?|claves?|palavras? passe|senhas?|wachtwoord\w*|losenord\w*|(?:ein)?malcode|\w*ziffern|\w*codes?|codigos?|codici|codice|(?:six|quatre) chiffres|seis digitos|sei cifre|zes cijfers|wiederherstellungsschlussel|"
            r"cle de recuperation|clave de recuperacion|chiave di ripristino|chave de recuperacao|herstelsleutel"
        ),
        f"{_LOOK}|{_TYPE}|fehlercodes?|codes? d erreur|codigos? de error|codice (?:di )?errore|codigos? de erro|foutcodes?",
    ),
    (
        FloorClass.CREDENTIALS,
        r"kontot|kontoen|kontem|kont[aeu]|autentica\w* multifator|multifator|multifaktor\w*|multifactor\w*|konto|konten|benutzerkonto|comptes?|cuentas?|contas?|zwei ?faktor\w*|zweitfaktor|zweistufig\w*|deux facteurs|double authentification|dos factores|due fattori|dois fatores|tweestaps\w*|twee ?factor\w*",
        rf"{_LOOK}|{_TYPE}|wahl\w*|choisi\w*|elij\w*|scegli\w*|escolh\w*|kies|eigenen?|propre|propria|propio|eigen",
    ),
    (
        FloorClass.DATA_DELETION,
        (
            r"plik\w*|dysk\w*|pendrive\w*|filerna|filerne|mapp(?:en|ar)|mappen|disken|usb minnet|profilen|e?mails?|dateien|datei|daten|ordner|festplatten?|laufwerke?|datentrager|postfach|(?:benutzer)?profile?|papierkorb|fichiers?|dossiers?|donnees|disques?(?: dur)?|corbeille|boite aux lettres|profil|archivos?|carpetas?|datos|discos?|buzon|papelera|perfil|cartell[ae]|dati|dischi|cestino|casella|profilo|"
            r"arquivos?|ficheiros?|pastas?|dados|lixeira|caixa de correio|bestanden|bestand|mappen|map|gegevens|schijf|schijven|prullenbak|postvak|profiel"
        ),
        f"{_LOOK}|{_OPEN}",
    ),
    (
        FloorClass.SERVER_CONFIG,
        r"serwer\w*|servern|serveren|servrar|\w*server[ns]?|serveurs?|servidor\w*|produccion|production|produzione|producao|productie\w*|datenbank\w*|bases? de donnees|bases? de datos|berechtigung\w*|zugriffsrechte?|droits d acces|permisos|permessi|permissoes|toegangsrechten|dienst|servicio|servizio|servico",
        f"{_LOOK}|kamera|mikrofon|camera|micro\\w*|webcam",
    ),
    (
        FloorClass.SOFTWARE,
        r"sterownik\w*|drivrutin\w*|driveren|zainstaluj\w*|odinstaluj\w*|pobierz|installera|avinstallera|ladda ner|installer|afinstaller|avinstaller|last ned|hent|treiber\w*|pilotes?|controlador\w*|drivers?|logiciels?|software|stuurprogramma\w*|fernwartung\w*|fernzugriff|controle a distance|control remoto|controllo remoto|controle remoto|op afstand",
        _LOOK,
    ),
    (
        FloorClass.ELEVATED_SCRIPTS,
        r"wiersz polecenia|administratora|kommandotolken|kommandolinje\w*|adminrechte\w*|administrator\w*|administrateur|administrador|amministratore|beheerder\w*|\w*skript\w*|scripts?|guion|befehl\w*|commandes?|comandos?|comandi|opdracht\w*|konsole|console",
        _LOOK,
    ),
    (
        FloorClass.SECURITY,
        r"zapor[aey]|antywirus\w*|brandvagg\w*|virusskydd\w*|firewallen|brannmur\w*|virusscanneren",
        _LOOK,
    ),
    (FloorClass.REGISTRY, r"rejestr\w*|registret|registeret|registereditor\w*", _LOOK),
    (FloorClass.BILLING_LICENCE, r"licencj\w*|licens\w*|lisens\w*|abonament\w*|abonnemang\w*", _LOOK),
    (FloorClass.NETWORK_CORE, r"domen[aey]|domanen|domaenet|domenet", _LOOK),
)
THINGS = tuple(
    (floor_class, re.compile(rf"(?<![a-z0-9])(?:{nouns})(?![a-z0-9])"), re.compile(rf"(?<![a-z0-9])(?:{allowed})(?![a-z0-9])"))
    for floor_class, nouns, allowed in _THINGS
)
# Polish, Swedish, Danish, Norwegian: their words for the same things, and those of their harmless steps.
_NORTHERN = words(
    "klawisz wlaczony swieci lampka komunikat blad poczekaj kabel podlacz odlacz zeby gdy jaki jaka jakie ktory ten ta to tak jak moze teraz jeszcze raz ma "
    "skrivare vanta tills lampan lyser gront rott knappen kabeln skarmen logga in ut fragan fraga finns visas star vilken vilket nar hur kan ska har med eller fel felmeddelande stickan sladden "
    "vent indtil lampen lyser gront rodt knappen kablet skaermen log ind ud sporg findes vises star hvilken hvilket hvornar hvordan kan skal har med eller fejl skjermen hvilke nar "
    "sie na do ze czy jest oraz prosze uzytkownika uzytkownik uruchom ponownie sprawdz drukarke drukarka wlacz wylacz zamknij otworz kliknij w z nie nigdy "
    "och att det den om pa av datorn starta kontrollera anvandaren skrivaren inte prova igen vad ar stang oppna "
    "og ikke brugeren brukeren genstart prov skriveren printeren kontroller sjekk luk abn fra til hvad hva er"
)
_STATES = words(
    "ist sind war waren wird wurde wurden hat haben hatte zeigt meldet fragt steht fehlt funktioniert geht kann est sont etait a ont affiche demande indique marche fonctionne es esta son fue ha muestra pide indica falta funciona "
    "sono era mostra chiede manca funziona tem pede is zijn werd heeft toont vraagt meldt ontbreekt werkt"
)
_DEMANDS = words("bitte muss mussen sollte sollten soll doit devez faut debe deben tiene que hay deve devono bisogna precisa moet moeten lassen sie vous u por favor")
_DENIALS = words(" ".join(NEGATORS)) | POST_NEGATORS
MARKS = (_DENIALS | _NORTHERN | safe.FOREIGN_STOPWORDS | safe.FREE_FOREIGN | _STATES | _DEMANDS | grammar.DETERMINERS) - ENGLISH


def foreign_hits(clause: Clause) -> Iterator[FloorHit]:
    """Protected things in a clause of another language that nothing excuses."""
    if MARKS.isdisjoint(clause.tokens) or not _ENGLISH.isdisjoint(clause.tokens):
        return
    demands = not _DEMANDS.isdisjoint(clause.tokens) or is_advice(clause.text) or _ZU.search(clause.text) is not None
    if not _STATES.isdisjoint(clause.tokens) and not demands:
        return
    for floor_class, nouns, allowed in THINGS:
        match = nouns.search(clause.text)
        is_said = floor_class is FloorClass.SECRETS_IDENTITY and _SAID.search(clause.text) is not None
        if match is None or (allowed.search(clause.text) and not is_said) or safe.ALLOWED_DELETION.search(clause.text):
            continue
        at = clause.text[: match.start()].count(" ")
        if not is_excused(clause, at) and not is_excused(clause, len(clause.tokens)):
            yield FloorHit(floor_class, match.group(), clause.text[:200])


# Said aloud or written down, a secret is no longer typed by its owner.
_SAID = re.compile(
    r"\b(?:zeggen|voorlezen|doorgeven|vorlesen|vorzulesen|sagen|nennen|durchgeben|diktieren|dire|dicter|lire a|communiquer|decir|dictar|leer|dizer|ditar|ler|dettare|leggere|lasa upp|laese op|podac|podyktowac|ticket|noteer|notieren|notez|anote|annota)\b"
)
_ZU = re.compile(r"\b(?:ist|sind) .*\b(?:\w*zu\w{3,}en|zu \w+en)\b")
_ENGLISH = words("the your this and with you customer user their for from")
