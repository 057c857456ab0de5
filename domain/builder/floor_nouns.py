

"""Things first line may only do a few things with: an order about one must use one of its verbs."""

from __future__ import annotations

import re

from domain.builder.categories import FloorClass
from domain.builder.floor_words import OBSERVING_HEADS, words

_LOOK = OBSERVING_HEADS | words(
    "open reopen close click press tap select choose find_ search use try sign wait type enter see hover scroll reload refresh restart test compare turn switch quit dismiss let have make do"
)
_TYPE = OBSERVING_HEADS | words("type retype enter reenter try retry use wait test clear click press tap select choose turn switch show close dismiss sign let have remember think avoid make_ copy_ log reconnect connect join")

_NOUNS: tuple[tuple[FloorClass, str, frozenset[str]], ...] = (
    (FloorClass.SECRETS_IDENTITY, r"passwords?|passcodes?|passphrases?|credentials|(?:recovery|security|bitlocker) keys?|(?:token|mfa|verification|one time|authenticator|sms|access) codes?", _TYPE - words("note write read record copy report tell pass hand mention document explain describe inform keep say refer contact") | words("keep")),
    (FloorClass.CREDENTIALS, r"(?:user |customer |locked |admin )?accounts?|mfa|second factor|authenticator|sign in method", _LOOK | words("connect reconnect pick log go check")),
    (FloorClass.DATA_DELETION, r"mailbox(?:es)?|(?:user |outlook |mail )?profiles?|recycle bin", _LOOK | words("pick go check")),
    (FloorClass.DATA_DELETION, r"(?:user |customer |old |all )*(?:files?|folders?|documents?|emails?|mails?|messages?|data|photos|contacts)", _LOOK | words("update save send resend print attach copy move drag drop mark sort find search scan share_ download_ forward reply read write archive_ sync bring go pick star flag view preview unpin pin log record note shorten start compose draft add count pull clean rub create expand collapse group ungroup address split filter organise tidy arrange rearrange sort hide show jot quote cite photograph film circle underline")),
    (FloorClass.DATA_DELETION, r"(?<!one )(?:(?:usb|external|own|hard|c|d|e) )?(?:drives?|disks?|sticks?|ssd)(?: letter)?", _LOOK | words("go check pick connect reconnect disconnect eject plug unplug replug attach detach insert reinsert remove_ move label browse")),
    (FloorClass.BILLING_LICENCE, r"(?:bigger |smaller |other |new )?(?:plans?|seats?|tier|edition)", OBSERVING_HEADS | words("open close read sit take_ go adjust")),
    (FloorClass.NETWORK_CORE, r"domain|workgroup", OBSERVING_HEADS | words("type enter retype choose select sign log open try")),
    (FloorClass.SERVER_CONFIG, r"(?:file|network|hr|finance|team|department) shares?|servers?|services?|failover|backend|nodes?", (_LOOK - words("restart turn switch stop quit")) | words("connect reconnect disconnect ping_ go log")),
    (FloorClass.SOFTWARE, r"(?:missing |new |third party )?(?:software|codecs?|drivers?|patch|patches|hotfix(?:es)?|toolbars?|utilit(?:y|ies)|cleaners?|installers?)", _LOOK - words("use try enter")),
)
LIMITED: tuple[tuple[FloorClass, re.Pattern[str], frozenset[str]], ...] = tuple(
    (floor_class, re.compile(rf"(?<![a-z0-9])(?:{nouns})(?![a-z0-9])(?! (?:name|calendar|page|prompt|field|box|window|error|warning|expir\w+|manager|queue|settings|message|icon|tab|button|link|quality))"), verbs)
    for floor_class, nouns, verbs in _NOUNS
)
