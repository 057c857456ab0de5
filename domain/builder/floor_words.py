"""Words the floor's rules are made of: verbs in their forms, negations, and what marks an order or an observation.

All in the spelling of ``floor_reading`` (lower case, no accents, no apostrophes).
"""



from __future__ import annotations


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DOUBLES = words(
    "get set put let run cut drop stop plug unplug strip swap wipe_ skip reset format_ begin rip flip grab zap chop trim snap "
    "submit permit ban bin shut dig tap pin log map"
)


def gerund(verb: str) -> str:
    if verb in _DOUBLES:
        return verb + verb[-1] + "ing"
    if verb.endswith("e") and not verb.endswith(("ee", "oe")):
        return verb[:-1] + "ing"
    return verb + "ing"


_IRREGULAR = {
    "set": "set", "reset": "reset", "put": "put", "shut": "shut", "cut": "cut", "get": "got", "give": "given",
    "take": "taken", "make": "made", "tell": "told", "write": "written", "read": "read", "send": "sent",
    "overwrite": "overwritten", "rewrite": "rewritten", "run": "run", "let": "let", "buy": "bought", "pay": "paid",
    "throw": "thrown", "bring": "brought", "withdraw": "withdrawn", "rebuild": "rebuilt", "undo": "undone",
    "say": "said", "spell": "spelled", "leave": "left", "break": "broken", "kill": "killed", "hand": "handed",
}


def participle(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _DOUBLES:
        return verb + verb[-1] + "ed"
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeo":
        return verb[:-1] + "ied"
    return verb + "ed"


def is_adverb(token: str) -> bool:
    return token.endswith("ly") and len(token) > 4 and token not in ("apply", "reply", "supply", "comply")


# negation ------------------------------------------------------------------------------------------------------------
# What comes after one of these is forbidden by the text, up to the end of its clause.
NEGATORS = (
    "do not", "does not", "did not", "never", "must not", "should not", "may not", "shall not", "can not", "will not", "not to", "need not",
    "avoid", "avoids", "without", "refrain from", "instead of", "rather than", "no need to", "not allowed to", "not necessary to",
    "nobody", "no one", "not permitted to", "forbidden to", "stay away from", "keep away from", "keep out of", "stay out of",
    "refused to", "refuses to", "declined to", "declines to", "we refused", "was refused", "were refused",
    "against", "ignore any", "ignore all", "ignore advice", "disregard", "hands off", "fingers off", "finger weg", "keep your hands off", "keep your fingers off", "neither", "nor", "hands off", "not be", "no", "not", "resist", "steer away from", "stop anyone from", "prevents", "prevent", "steer clear of", "wrong to", "bad idea to", "poor idea to", "unwise to", "dangerous to", "risky to", "mistake to", "pointless to", "too early to", "anything but", "everything but", "refuse to", "refuses to", "decline to", "forget about", "never mind the", "out of the question to", "hold back from", "hold off", "hold off from", "shy away from", "abstain from", "back away from", "think twice before", "inga",
    # German, Dutch
    "nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "nichts", "ohne", "statt", "anstatt", "vermeiden",
    "niet", "nooit", "geen", "zonder", "niets", "vermijd", "in plaats van",
    # French, Spanish, Italian, Portuguese
    "ne", "jamais", "sans", "aucun", "aucune", "evitez", "au lieu de", "nunca", "sin", "evite", "en lugar de", "nada",
    "niemandem", "niemand", "niemanden", "personne", "nadie", "nessuno", "ninguem", "non", "mai", "senza", "evita", "invece di", "nao", "sem", "em vez de", "ao inves de", "jamas", "ningun", "nessun",
    # Nordic and Polish
    "ikke", "inte", "aldrig", "aldri", "ingen", "inget", "ingenting", "intet", "utan", "uden", "uten", "nie wolno", "nigdy", "bez",
)
# "not" in front of these forbids nothing, or forbids only the hesitation.
NOUN_NEGATORS = words("no nobody nothing never niemand nie kein keine keinen nadie personne nessuno")
FALSE_NEGATED = words(
    "hesitate forget worry mind wait panic delay fail neglect skip omit stop only just simply merely restart reboot close hang "
    "afraid hurry "
    "vergessen zogern warten oublier oubliez hesitez hesiter olvide dude dudes esite dimenticare esitare esqueca hesite vergeet aarzel nur "
    "nicht_ seulement solo solamente apenas alleen"
)
# "It does not work" forbids nothing either; "do not work on …" does.
OUTCOMES = words("work help load respond print show appear open reconnect fix solve resolve change connect start boot recover")
# Verbs of a clause in which the negation may come last ("Schalten Sie die Firewall nicht aus").
POST_NEGATORS = words(
    "none ingenting inga inget ingen aldrig ikke inte intet aldri nigdy niczego zadnych zadnego "
    "niemandem niemand niemanden personne nadie nessuno ninguem nicht kein keine keinen keinem nie niemals nichts niet nooit geen niets nothing nada nichts niente nulla jamais rien nunca jamas mai"
)
EXCUSES_AFTER = (
    "is not allowed", "are not allowed", "is not permitted", "is forbidden", "are forbidden", "is off limits", "are off limits",
    "is not needed", "are not needed", "is not necessary", "is never allowed", "is never needed", "is out of scope", "are out of scope",
    "is not part of", "are not part of", "are not for", "are not ours", "are not your", "are not something", "are never", "is never", "must not", "should not", "may not", "should never", "must never", "can not", "may never", "need not", "does not need", "do not need",
    "is never", "are never", "is not an option", "are not an option", "was refused", "were refused", "been refused", "was declined", "were declined", "was denied", "been denied", "turned down", "is banned", "are banned", "out of bounds",
    "off the table", "are a no", "is a no", "is tabu", "sind tabu", "is prohibited", "are prohibited", "is not your", "is not ours", "is not something", "is not for",
    "alone", "as it is", "as they are", "as it was", "as they were", "untouched", "unchanged", "as is", "is dangerous", "is risky", "is unsafe", "can break", "can damage",
    "could damage", "could break", "stay on", "stays on", "stay switched on", "stay turned on", "remain switched on", "kept on", "stay active", "stay running", "stay in place", "stay enabled", "remain on", "remains on", "stay as", "stays as", "remain as", "remains as", "remain enabled", "must remain", "must stay", "stay enabled", "has no place", "have no place", "is no place", "is no", "are no", "out of the question", "none of our", "none of your", "not ours", "not yours", "not to be", "not mine", "eingeschaltet", "aktiviert", "actif", "activee", "allume", "activado", "activada", "encendido", "encendida", "attivo", "attiva", "acceso", "accesa", "ativado", "ativada", "ligado", "ligada", "ingeschakeld", "staan", "firewall aan", "virusscanner aan", "beveiliging aan", "antivirus active", "left on", "left alone", "left as", "must keep", "keeps running", "keep running", "como esta", "como estan", "wie er ist", "wie sie ist", "wie es ist", "wie sie sind", "in ruhe", "tel quel", "telle quelle", "zoals het is", "zoals ze zijn", "com e", "under no circumstances", "under no conditions", "in no case", "on no account", "hands off", "takes an engineer", "off limits", "is a job for", "is an engineer", "is not a first line", "is beyond", "is not first", "would be unsafe", "is reserved",
    "ist nicht erlaubt", "ist verboten", "nicht erlaubt", "est interdit", "est interdite", "n est pas autorise", "esta prohibido", "e vietato",
    "e proibido", "is niet toegestaan", "is verboden", "on any account", "under any circumstances", "unter keinen umstanden", "out of it",
)

# who does it, who is asked ------------------------------------------------------------------------------------------
FILLERS = words(
    "quick better perhaps maybe possibly pls plz please kindly then now next first second third finally afterwards also again just simply only quickly carefully manually temporarily "
    "briefly completely fully permanently immediately safely go ahead and or to try attempt start begin by consider let us them him her me have make "
    "ask asks tell get help helps guide walk through want need needs wants should must can could would will may might shall you we i they "
    "the a customer user caller client person colleague technician employee staff your their his our if possible necessary "
    "needed proceed continue with yourself themselves himself herself step is that do not does either both even ok okay alternatively "
    "otherwise instead remember make sure ensure advise instruct request allow permit invite encourage recommend suggest "
    "bitte sie jetzt dann zuerst den kunden benutzer s il vous plait veuillez puis ensuite por favor luego ahora per poi adesso "
    "alstublieft dan eerst nu u je"
)
OBJECT_TAKERS = words("do start begin get make allow permit request recommend suggest consider use want")
BASE_ED = words("feed need speed embed bed red seed shed bleed proceed exceed led")
PEOPLE = words("customer user caller client person colleague technician employee staff customers users")
CAUSATIVES = words("let have ask get tell help make allow instruct advise walk guide invite")
# Before a base form these show that it is a verb and an order, not a noun or a report.
BEFORE_ORDER = words(
    "please kindly then now next first second third finally also again just simply only to and or you we us can could should must may might will "
    "would shall try let help customer user caller client them him her person colleague technician engineer administrator admin somebody someone "
    "anybody anyone choose select click press pick tick untick hit tap not never do bitte sie yourself either instead both ahead sure it "
    "sudo immediately afterwards once again need needs there here user's this but so veuillez favor per u is that option called labelled "
    "shift ctrl alt button entry okay ok go me i and&  & always simply best better safe"
)
OBSERVING_HEADS = words(
    "skip check checks verify confirm see look ask read note tell write describe report observe watch wait find_ mention leave avoid escalate inform "
    "remind explain record_ compare count listen keep stay refer pass pause_ stop_ cancel close never no nothing do_ say warn document_ "
    "copy_ learn determine notice spot view_ identify consult contact call involve notify acknowledge expect remember prevent refuse decline "
    "prufen prufe uberprufen kontrollieren fragen frage schauen sehen warten lesen melden eskalieren notieren verifiez controlez demandez "
    "regardez notez attendez lisez signalez escaladez compruebe verifique pregunte mire espere lea anote observe verifica controlla chiedi guarda "
    "attendi leggi annota pergunte veja aguarde leia anote confira controleer vraag kijk wacht lees noteer meld escaleer"
)
STATE_QUESTION = words(
    "is are was were am do does did has have had which what who whom whose when where how why whether has isnt arent "
    "ist sind war hat haben wird wurde welche welcher welches was wann wo wie est sont y a avez quelle quel quels quelles "
    "esta estan es son hay ha que cual tiene e sono c hanno quale cosa esta qual tem existe staat is zijn heeft welke wat waar"
)
ORDERING_QUESTION = (
    "what if", "have you tried", "did you try", "do you want", "would you mind", "do you mind", "why not", "why do not you", "how about", "what about",
    "what if you", "is it ok", "is it okay", "is it possible", "do you think you", "are you able", "is there a way", "would you", "could you",
    "by you", "can you", "will you", "could we", "can we", "shall we", "should we", "should i", "what happens if you", "what happens when you", "did you already try",
    "have you already tried", "has the customer tried", "has the user tried", "did the customer try", "did the user try", "may i", "can i", "could i",
    "konnen sie", "kannst du", "wollen sie", "mochten sie", "pouvez vous", "voulez vous", "pourriez vous", "puede", "podria", "quiere",
    "puo", "potrebbe", "vuole", "pode", "poderia", "kunt u", "kun je", "wilt u", "are you ready to", "does it help to", "has anyone tried", "what happens after you",
)
AGENTS = words(
    "engineer engineers administrator administrators specialist specialists second level2 l2 tier expert experts team department techniker "
    "administrator ingenieur ingeniero ingegnere engenheiro"
)
HAND_OVER = words(
    "handing passing escalate escalated escalates escalating escalation hand handed refer pass forward eskalieren escaladez escale escalar escalona escaleer"
)
TICKET = words("ticket case call issue matter problem over it this fall anruf")
DETERMINERS = words(
    "the a an this that these those your their his her its our all any every some both each another other "
    "der die das den dem ein eine einen ihre ihren seine alle le la les l un une des votre son sa tous el los las una su sus todos il lo "
    "gli i tutti o os as um uma seu sua todos de het een uw alle"
)
# A clause that starts with one of these describes; it gives no order.
DESCRIBING_HEADS = DETERMINERS | words(
    "it he she they there here over across about windows outlook teams printer message screen if when while because since as after before once "
    "in on at from with without under inside within via through using into during for by of no none nothing nobody somebody "
    "customer user caller users customers everything something im in unter mit ohne bei uber dans avec sans sous en con sin bajo desde nel nella "
    "several many most few indem damit sobald wahrend nachdem bevor dass pour afin lorsque quand apres avant cuando mientras despues antes quando mentre dopo prima wanneer zodra terwijl "
    "con senza no na com sem in met zonder my not which what whatever who where how why wieder erneut danach again still yet already always often sometimes almost nearly including except besides regarding about concerning per than like is are was were do does did has have had"
)
LOCATIVES = words(
    "in on at from under inside within via through using into with im unter mit bei uber dans avec sous via en con desde nel nella dal no na com "
    "pelo pela met vanuit by open go navigate start launch"
)
STATE_VERBS = words(
    "is are was were shows says has had does did asks blocks blocked seems appears remains works reports mentions needs stays keeps comes came "
    "looks belongs fails failed returns exists requires stopped expired changed prevents protects"
)
# Verbs in the third person: a report, never an order.
FINITE = words(
    "is are was were has had says shows asks reports mentions needs requires wants offers tells seems appears blocks looks sees gets works fails opens starts stays remains names lists quotes cites points finds "
    "keeps comes prints sounds feels happens occurs uses belongs stops freezes hangs crashes connects loads responds notices hears knows thinks believes claims dice dit sagt sagen meint zegt diz sager sager sier mowi"
)
OFF_WORDS = words("off out disabled deactivated inactive removed stopped bypassed down paused suspended gone uninstalled deleted changed reset wiped edited open allowed unlocked granted enabled")
PRONOUNS = words("him her it them this that these those")
