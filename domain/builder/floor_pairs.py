"""Deeds made of a verb and an object: the verb in an order's position, the object behind it (or before a passive)."""



from __future__ import annotations

import re
from dataclasses import dataclass

from domain.builder.categories import FloorClass
from domain.builder.floor_words import gerund, participle, words

CHANGE = words(
    "change edit modify alter tweak adjust set reset update rewrite overwrite replace rename remove delete add create assign configure reconfigure "
    "correct fix patch amend move switch swap clear restore rebuild repair disable enable import export unlock"
)
DELETE = words(
    "delete erase wipe purge destroy shred remove discard drop truncate trash nuke scrub empty clear overwrite dump zap eliminate obliterate "
    "unlink bin clean ditch kill deletes"
)
WIPE = words("format reformat wipe erase repartition partition reimage reinitialise reinitialize initialise initialize zero nuke degauss blank reset clean")
CREDENTIAL = words(
    "readd reset change set assign issue generate regenerate create enrol enroll reenrol reenroll register reregister remove delete disable deactivate bypass "
    "add switch revoke replace rotate renew pick choose clear turn unlock modify update skip circumvent suspend reactivate grant override disenroll "
    "unenroll provision configure swap invent define redefine relax loosen extend require migrate move wipe release lift"
)
DISCLOSE = words(
    "tell give say spell share send email text dictate provide reveal disclose request obtain collect note write record save store copy log document "
    "paste repeat hand forward screenshot photograph read state supply state relay announce capture jot keep whisper message mention_ ask get want take need confirm list post enter_ "
)
INSTALL = words("install reinstall uninstall download sideload redownload deinstall")
SERVER = words(
    "restart reboot switch turn change edit modify configure reconfigure update upgrade patch shut stop start migrate redeploy deploy increase decrease delete remove add "
    "install reset power cycle bounce recycle log logon rdp ssh connect_ bring take failover kill promote demote raise extend alter move mount unmount tune"
)
DOMAIN = words("remove join rejoin unjoin leave disjoin add transfer change move take demote delete promote")
BUY = words("buy purchase order pay upgrade downgrade renew cancel refund charge subscribe unsubscribe reorder procure")
REMOTE = words("control remote connect take jump hop log dial")
SUPPRESS = words("disable deactivate stop bypass pause suspend kill uninstall remove delete exclude whitelist allowlist unblock override ignore turn switch shut exempt")
_PW = (
    r"passwords?|passwd|passcodes?|passphrases?|pins?|pin code|pin codes|credentials?|logins?|passkeys?|p@ssw0rd|kennworts?|"
    r"passwor(?:t|ts|ter)|mots? de passe|contrasenas?|parola d ordine|senhas?|palavra passe|wachtwoord(?:en)?|hasl[oa]|losenord\w*|adgangskode|passord"
)
_MFA = (
    r"mfa|2fa|otp|multi ?factor\w*|two ?factor\w*|two ?step\w*|2 step|authenticators?|authenticator app|security keys?|security info|sign in methods?|"
    r"recovery (?:codes?|keys?|email|phone|number)|backup codes?|access pass|smart cards?|windows hello|fido2?|yubikey|login method|verification method|"
    r"zwei faktor\w*|zweistufig\w*|deux facteurs|double authentification|dos factores|due fattori|dois fatores|tweestaps\w*|twee factor\w*|second factor"
)
_CODE = (
    r"(?:mfa|2fa|otp|token|verification|security|one time|onetime|(?:six|four|eight|6|4|8) digit|authenticator|authentication|sms|sign in|login|access|recovery|backup|"
    r"bitlocker|confirmation|texted|passcode|bypass)(?: recovery| access)? (?:codes?|keys?|numbers?|digits|pins?|tokens?)|"
    r"(?:codes?|digits|numbers?) (?:that |which )?(?:(?:was|were|is|are|you|they|he|she|the customer|the user|the caller) )?(?:\w+ )?(?:\w+ )?(?:from|in|on|by|to|shown in) (?:the |your |their |his |her )?(?:\w+ )?(?:app|authenticator|text|text message|sms|phone|token|texted|fob|email)|"
    r"digits|recovery phrase|secret answers?|secret words?|secret questions?|security questions?|mothers? maiden name|social security number|card number|cvv|otps?|otp|(?:a|the) token|"
    r"bestatigungscodes?|sicherheitscodes?|code de verification|codigo de verificacion|codice di verifica|codigo de verificacao|verificatiecode"
)
_ACCOUNT = r"(?:user |customer |ad |domain |locked |windows |microsoft )?accounts?|lockouts?|accounts? lock|konto|konten|compte|cuenta|conta"
_FILES = (
    r"data|files?|folders?|director(?:y|ies)|mailbox(?:es)?|mails?|emails?|messages?|documents?|profiles?|user profile|archives?|psts?|osts?|backups?|photos?|pictures?|"
    r"contacts?|calendar|everything|desktop|onedrive|library|recycle bin|trash|partitions?|volumes?|snapshots?|appdata|temp|templates?|notes|history_|"
    r"accounts?|records?|shares?|storage|downloads folder|home directory|content|contents|everything"
)
_DEVICES = (
    r"(?:hard |usb |system |solid state |external |boot |local |network |c |d )?(?:drives?|disks?|disc|ssd|hdd|volumes?|partitions?|sticks?|pen drive|memory card|sd card)|"
    r"phones?|smartphones?|iphones?|ipads?|tablets?|laptops?|computers?|pcs?|machines?|macs?|macbooks?|devices?|workstations?|notebooks?|chromebooks?|windows|handsets?"
)
_SOFT = (
    r"drivers?|programs?|apps?|applications?|software|tools?|clients?|packages?|browsers?|extensions?|plug ?ins?|add ?ins?|add ?ons?|office|utility|utilities|setup|codecs?|agents?|executables?"
)
_PERMS = r"permissions?|rights? (?:on|to|for|in)|the right|access rights?|rights|privileges?|quota|mailbox rules?|delegate access"


@dataclass(frozen=True, slots=True)
class Pair:
    """Verbs and objects that make a deed; ``unless`` lifts it for the clause (an offered update, a print job)."""

    floor_class: FloorClass
    name: str
    forms: dict[str, str]  # form -> base | gerund | participle
    objects: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    window: int = 9


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z0-9])(?:" + pattern + r")(?![a-z0-9])")


def verb_forms(verbs: frozenset[str]) -> dict[str, str]:
    forms: dict[str, str] = {}
    for verb in verbs:
        forms[participle(verb)] = "participle"
        forms[gerund(verb)] = "gerund"
    forms.update(dict.fromkeys(verbs, "base"))
    again = {f"re{form}": kind for form, kind in forms.items() if not form.startswith("re")}
    return {**again, **forms}


def _pair(
    floor_class: FloorClass, name: str, verbs: frozenset[str], objects: str, unless: str | None = None, window: int = 9
) -> Pair:
    return Pair(floor_class, name, verb_forms(verbs), _whole(objects), _whole(unless) if unless else None, window)


_NO_FILES = (
    r"cookies?|caches?|cached|browsing data|browsing history|browser data|print jobs?|(?:stuck|pending) jobs?|print queue|paper|jammed?|site data|website data|temporary internet files|"
    r"cloth|cotton|swab|alcohol|metal|pins|eraser|sign in|search box|filter|add the (?:file|attachment)|cover page|error"
)
_SELF = r"self service|own reset page|forgot password|forgot my password|forgotten password|forgot your password"
_OFFERED = (
    r"updates? (?:waiting|pending|ready|available|on offer)|offers? (?:one|it|them)|what (?:is|windows|it|the \w+) (?:offered|offers|suggests)|whatever is offered|(?:offered|pending|available|waiting|suggested|prompted|queued|proposed) (?:\w+ )?(?:\w+ )?updates?|updates? (?:that |which )?(?:\w+ )?(?:\w+ )?(?:offers?|offered|is offering|shows|suggests?|prompts?|is shown|is waiting|is pending|is ready|are ready|is available|are available)|"
    r"check(?:ing)? for (?:\w+ )?updates|updates? (?:now|and restart|later|tonight)|(?:windows|macos|ios|teams|outlook|zoom|office|browser|chrome|edge|firefox|app|the|any|all|these|those) updates?|install updates"
)
_FAKE_UPDATE = r"website|web site|link|vendor|manufacturer|driver|drivers|third party|firmware|bios|internet|usb|downloaded|e?mail"

BROWSER = _whole(r"cookies?|cached|browsing data|website data|site data|(?:site|website|page)(?: \w+){0,5} (?:clear|clearing) its data")
SELF_SERVICE = _whole(_SELF)
PAIRS: tuple[Pair, ...] = (
    _pair(FloorClass.DATA_DELETION, "delete-data", DELETE | {"reset"}, _FILES, _NO_FILES),
    _pair(FloorClass.DATA_DELETION, "wipe-device", WIPE - {"reset", "clean", "blank"}, _DEVICES + r"|everything", r"paper|screen|display|lens|number format|date format|cable|dust"),
    _pair(FloorClass.CREDENTIALS, "change-secret", CREDENTIAL, _PW, _SELF + r"|known|(?:you|they|he|she) (?:already )?knows?|caps|type|keyboard|show password|current password|field|box|page|tab"),
    _pair(FloorClass.CREDENTIALS, "change-mfa", CREDENTIAL | {"forget"}, _MFA),
    _pair(FloorClass.CREDENTIALS, "change-account", words("unlock reset reactivate create recreate disable enable deactivate reenable release unblock provision"), _ACCOUNT, _SELF),
    _pair(FloorClass.SECURITY, "suppress-check", SUPPRESS, r"(?:security|safety|protection|certificate|virus|malware|phishing) ?\w*|scans?|scanning|exclusions?|blocklist|sandbox(?:ing)?|encryption|sandbox|attachment blocking|safe links"),
    _pair(FloorClass.SECURITY, "weaken", words("dial soften ease tone drop lower weaken relax reduce loosen trust add create accept import install ignore dismiss click proceed continue skip pass"), r"certificates?|exclusions?|(?:security|antivirus|scan) exceptions?|security|(?:certificate|security|safety|phishing) (?:warning|error|message|level)s?|exceptions? list|whitelist|allowlist|safe senders?"),
    _pair(FloorClass.SECURITY, "listing", words("whitelist allowlist unquarantine unblock"), r"\w+"),
    _pair(FloorClass.SERVER_CONFIG, "server", SERVER, r"\w*servers?|(?:file|print|mail|web|proxy|vpn|terminal|database|backup) ?servers?|backend|switches|nas|dc|mainframe|host machine", r"customer|laptop|vpn client|try another server|wifi"),
    _pair(FloorClass.SERVER_CONFIG, "permissions", words("grant give change add remove set edit modify assign elevate increase raise extend alter delegate"), _PERMS, r"microphones?|cameras?|location|notifications?|mic|bluetooth|speaker|site"),
    _pair(FloorClass.NETWORK_CORE, "domain", DOMAIN, r"domain|domane|workgroup|domaine|dominio|domein", r"meeting|domain name|call"),
    _pair(FloorClass.NETWORK_CORE, "network-gear", words("configure reconfigure reset change program reprogram reflash set edit"), r"routers?|modems?|switches|access points?|gateways?|proxy|subnets?|network|routing|ssid|port|ports", r"known|usb|display ?port|screen|monitor|password|profile|default network|another"),
    _pair(FloorClass.BILLING_LICENCE, "buy", BUY, r"licen[cs]es?|seats?|plans?|subscriptions?|tier|contract|service|add ?ons?|packages?|invoices?|renewal|services|premium|business premium|edition|storage"),
    _pair(FloorClass.BILLING_LICENCE, "purchase", words("buy purchase"), r"\w+"),
    _pair(FloorClass.SECRETS_IDENTITY, "disclose-secret", DISCLOSE - {"ask", "get", "want", "take", "need", "confirm", "keep"}, _PW + "|" + _CODE + "|" + _MFA, r"error codes?|known|error|user ?name|whether|message|logins? (?:name|page|screen|window)|prompt|sign in page|caps|log in|warning|arrived"),
    _pair(FloorClass.SECRETS_IDENTITY, "ask-for-secret", words("ask get need take want confirm query"), r"(?:for |down |hold of |me )?(?:\w+ ){0,5}?(?:" + _PW + "|" + _CODE + ")", r"error codes?|known|user ?name|to (?:keep|enter|type|reenter|retype|check|try|sign|log|use|wait|open|look|watch|see|press|click|make|confirm|verify|set|reset|change|put)|whether|if|that|message|caps|pop up|window|prompts?|page|field"),
    _pair(FloorClass.SECRETS_IDENTITY, "type-for-them", words("type enter key input fill"), r"(?:" + _PW + "|" + _CODE + r") (?:\w+ ){0,4}?for (?:them|him|her|the|me)|(?:" + _PW + r") (?:\w+ )?(?:in|into) the ticket"),
    _pair(FloorClass.NETWORK_CORE, "router-login", words("log sign login go connect"), r"(?:router|modem|access point|switch|gateway)s?", r"wifi network|unplug|vpn"),
    _pair(FloorClass.SOFTWARE, "install", INSTALL, r"\w+", _OFFERED + r"|attachments?|own (?:payslip|form|document|ticket)|email messages?|ost|offline address book", 12),
    _pair(FloorClass.SOFTWARE, "driver", words("update upgrade replace roll rollback change swap remove delete add fetch load get"), r"(?:\w+ )?drivers?|device software", r"usb hub|screwdriver|check"),
    _pair(FloorClass.SOFTWARE, "add-software", words("get grab fetch obtain put add deploy setup set push side load pull run launch_ execute"), r"(?:setup|installer|executable|programs?|software|tools?|utility|utilities|extensions?|plug ?ins?|add ?ins?|add ?ons?|missing (?:program|app)|new (?:\w+ )?(?:client|app|application|program|browser)|drivers?|anydesk)", r"toolbar|tooltip|update"),
    _pair(FloorClass.SOFTWARE, "remote", words("remote control jump hop view access operate steer assume gain"), r"(?:in|into|onto|over|on)? ?(?:to )?(?:the |your |their |his |her |customer |user |caller )*(?:desktop|screen|mouse|computer|pc|machine|laptop|control)", r"down the|sticker|lock|clean|share|brightness|power|plug|seat|look|screenshot|photo|picture|close|second|remote control of|remote control"),
    _pair(FloorClass.ELEVATED_SCRIPTS, "run-code", words("run execute launch paste type enter invoke source input issue"), r"commands?|code|snippets?|console|prompt|macro|cmdlets?|payload|hotfix script", r"error codes?|code shown|code (?:in|into|on) (?:the|their|your) (?:\w+ )?(?:page|field|box|screen|app|window|website)|their own|one time|on their|search|password prompt|login prompt|sign in prompt|pairing|caps|verification|on the customer"),
    _pair(FloorClass.ELEVATED_SCRIPTS, "service", words("restart stop start disable enable kill bounce"), r"(?:\w+ )?services?|daemons?", r"self service|customer service"),
    _pair(FloorClass.ELEVATED_SCRIPTS, "become-admin", words("log sign become promote make give grant add use"), r"admin|administrator|administrators|root|(?:local|domain|global) admins?|admin rights", r"ask|contact|call|escalate"),
)
OFFERED_BUT_NOT = _whole(_FAKE_UPDATE)
