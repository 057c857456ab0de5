"""Turns of phrase that are a deed by themselves, and the worst orders in other languages."""



from __future__ import annotations

import re

from domain.builder.categories import FloorClass

_C = FloorClass
_OFF = r"(?:aus|ab|off|uit)"
_DEL = (
    r"losch(?:en|e|t)?|entfern(?:en|e)|vernicht(?:en|e)|supprime[rz]?|efface[rz]?|elimine|eliminar|elimina|borre|borrar|borra|apague|apagar|apaga|exclua|excluir|remova|remover|cancella|cancellare|cancelli|"
    r"verwijder(?:en)?|wis|wissen|slet|radera|poista|usun|smaz|sil"
)
_FMT = r"formatier(?:en|e)?|formate[rz]?|formatez|formatee|formatear|formatea|formatta|formattare|formatti|formatar|formate|formatteer|formatteren|sformatuj"
_SET = (
    r"setz(?:en|e)|zurucksetzen|ander(?:n|e|en)|reinitialise[rz]?|change[rz]?|modifie[rz]?|restablezca|restablecer|cambie|cambiar|cambia|modifique|modificar|modifica|reimposta|reimpostare|redefina|redefinir|altere|alterar|mude|mudar|"
    r"wijzig(?:en)?|verander(?:en)?|stel|reset|resetten|resete|resetea|resetta|nulstil|aterstall|zmien|zresetuj|entsperr(?:en|e)|deverrouille[rz]?|desbloquee|desbloquear|sblocca|desbloqueie|ontgrendel(?:en)?|editez|edite|editar|bearbeit(?:en|e)|bewerk(?:en)?"
)
_DIS = (
    r"deaktivier(?:en|e)?|schalt(?:en|e)?|abschalten|ausschalten|stopp(?:en|e)|umgeh(?:en|e)|desactive[rz]?|desactivar|desactiva|coupe[rz]?|arrete[rz]?|contourne[rz]?|apague|apagar|apaga|deshabilite|deshabilitar|disattiva|disattivare|disattivi|disabilita|spegni|"
    r"spegnere|desative|desativar|desabilite|desligue|desligar|desliga|schakel(?:en)?|uitschakelen|zet|omzeil|wylacz|inaktivera|deaktiver|stang av|vypnete|kapat|dezactivati"
)
_INS = (
    r"re(?:instale|instalar|instala|installa|installare|installer|installez|installe|installeer|installeren)|installier(?:en|e)?|installe[rz]?|instale|instalar|instala|installa|installare|installi|installeer|installeren|laden sie|lade|herunterladen|telecharge[rz]?|descargue|descargar|descarga|scarica|scaricare|scarichi|baixe|baixar|download|downloade|zainstaluj|installera|nainstalujte|"
    r"deinstallier(?:en|e)?|desinstalle[rz]?|desinstale|disinstalla|verwijder de app|transfira"
)
_ASK = (
    r"frag(?:en|e)|bitt(?:en|e)|sag(?:en|e)|teil(?:en|e)|gib|geben|dis|dit(?:es)?|comparta|condividi|compartilhe|deel|nenn(?:en|e)|verrat(?:en|e)|notier(?:en|e)?|schreib(?:en|e)|wie lautet|demande[rz]?|donne[rz]?|communique[rz]?|note[rz]?|ecrive[rz]|quel est|dites|pida|pedir|pide|pregunte|dime|digame|diga|anote|cual es|chiedi|chiedere|chieda|dimmi|annota|qual e|"
    r"peca|pergunte|informe|anote|vraag|noteer|geef|wat is|zeg|podaj|be om"
)
_RUN = r"fuhr(?:en|e)|start(?:en|e)|execute[rz]?|lance[rz]?|ejecute|ejecutar|esegui|eseguire|execute|executar|voer|uitvoeren|open|offn(?:en|e)|ouvre[rz]?|abra|apri|uruchom"
_BOOT = r"start(?:en|e)|redemarre[rz]?|reinicie|reiniciar|riavvia|riavviare|herstart|neustarten|fahr(?:en|e)"
_GIVE = r"weis(?:en|e)|kauf(?:en|e)|kundig(?:en|e)|attribue[rz]?|achete[rz]?|annule[rz]?|asigne|asignar|compre|comprar|cancele|assegna|assegnare|acquista|compra|annulla|atribua|atribuir|cancelar|wijs|koop|kopen|bestel|zeg"
_ANY = r"(?: [\w.&]+){0,6}? "


def _foreign(verbs: str, objects: str) -> str:
    return rf"(?:{verbs}){_ANY}(?:{objects})|(?:{objects})(?: [\w.&]+){{0,4}}? (?:{verbs}|zu loschen|auszuschalten|zu deaktivieren|zu formatieren)"


_PHRASES: tuple[tuple[FloorClass, str, str], ...] = (
    (_C.DATA_DELETION, "factory-reset", r"factory (?:reset|settings|defaults?|state|restore)|reset this pc|reset (?:the |your |their )?(?:phone|tablet|laptop|pc|computer|router|device|mac|machine) to|(?:clean|fresh|new) install\w*|rm rf|format c|mkfs|dd if|del s|diskpart|start over from scratch|werkseinstellung\w*|werkszustand|auslieferungszustand|(?:dati|impostazioni|stato|valori) di fabbrica|(?:valores|ajustes|estado|configuracion) de fabrica|d usine|fabriek\w*|reglages? d usine|valores de fabrica|impostazioni di fabbrica|configuracoes de fabrica|fabrieksinstellingen|low level format"),
    (_C.DATA_DELETION, "reinstall-os", r"reinstall (?:\w+ )?(?:windows|macos|linux|operating system|os|system)|reinstall the (?:operating system|os)|set (?:it|the \w+) up as new|reimag\w+|recovery partition"),
    (_C.DATA_DELETION, "get-rid", r"(?:(?:get|getting) rid of|(?:do|doing) away with)(?: \w+){0,5} (?:mailbox\w*|files?|data|emails?|mails?|documents?|folders?|profiles?|messages|photos|backups?|archive)|(?:throw|throwing) (?:away|out)(?: \w+){0,5} (?:files?|data|emails?|mails?|documents?|folders?|profiles?|messages|photos|backups?|archive)"),
    (_C.SECRETS_IDENTITY, "what-is-secret", r"(?:what|which)(?: \w+)? (?:is|was|are) (?:\w+ ){0,3}?(?:password|passcode|passphrase|pin|pin code|credentials|recovery key|otp|(?:mfa|verification|security|one time|authenticator|login|access|sms) code)s?(?! (?:expir|message|polic|field|prompt|error|manager|box))|(?:which|what)(?: \w+)? (?:code|number|digits)(?: \w+){0,4} (?:in|on|from|by) (?:\w+ ){0,2}?(?:authenticator|app|sms|text message|phone|text|token)|(?:what|which)(?: is| was)? (?:the |your )?(?:codes?|digits|number)(?: \w+){0,5} (?:in|on|from|by) (?:\w+ ){0,2}?(?:authenticator|app|sms|text message|phone|text|token)|(?:which|what) (?:passwords?|passcode|pin|passphrase)(?: do| did| are| have)? (?:they|you|he|she|the customer|the user)|let (?:me|us) know (?:\w+ ){0,4}?(?:password|passcode|passphrase|pin|credentials|recovery key|code)s?"),
    (_C.SECRETS_IDENTITY, "skip-identity", r"(?:skip|skipping|leave out|leaving out|leave off|drop|dropping|pass over|bypass|bypassing|omit|omitting|forgo|forgoing|waive|waiving|ignore|ignoring|without|dispense with|dispensing with|spare|cut short)(?: \w+){0,5}? (?:identity|identification|id check|verification(?! (?:code|link|mail|email))|verify(?:ing)?(?: \w+){0,2} (?:who|caller|customer|user|identity|person|them)|caller check|who (?:is calling|the caller is|they are|is on the line|you are speaking|you are talking)|authenticate the|authenticating the|call ?back check|(?:checking|confirming|check|confirm)(?: \w+){0,2} (?:who|identity)|security questions?)"),
    (_C.SECRETS_IDENTITY, "skip-identity", r"(?:no need to|no need for|not need to|need not|not have to|not necessary to|do not|not bother to|not bother|not required to|no reason to|never mind|forget|forget about)(?: \w+){0,2}? (?:verify|verifying|check|checking|confirm|confirming|authenticate|authenticating|validate|identify|ask|asking|an? |the )(?: \w+){0,3}? ?(?:who (?:is|they|the)|identity|identification|id check|caller check|security questions?|authenticity|callers? (?:is|name and)|that (?:the )?caller)"),
    (_C.SECRETS_IDENTITY, "trust-caller", r"(?:take|taking|trust|trusting|accept) (?:the )?(?:caller|customer|user|their|his|her)(?: \w+)? word|(?:just |simply |can |to )?(?:believe|trust) (?:the |what the |this |that )?(?:caller|customer|user)|assume (?:the |that the |that )?(?:caller|customer|user|person) is (?:genuine|who|the right|real)|identity (?:check )?(?:is not(?! (?:left|skipped|dropped|omitted|waived|optional))|does not need|need not|can be skipped|can wait)"),
    (_C.SECRETS_IDENTITY, "approve-unasked", r"(?:approve|accept|confirm|tap yes|press yes)(?: \w+){0,8} (?:did not|not) (?:\w+ )?(?:start|started|request|requested|initiate|trigger|ask)|approve (?:every|any|all|whichever|whatever) (?:\w+ )?(?:sign in |mfa |login )?(?:prompts?|requests?)"),
    (_C.SYSTEM_FILES, "boot-from", r"boot(?:ing)? (?:from|into|off|with)|startup order|start (?:up )?from (?:a |the )?(?:usb|stick|cd|dvd|network)|recovery (?:mode|environment|console)|startup repair"),
    (_C.SECURITY, "accept-risk", r"accept the risks?|(?:continue|proceed|go|run|open it|visit|connect|allow|install)(?: \w+){0,3} anyway|(?:continue|proceed|go on|go) to the (?:\w+ )?(?:unsafe|insecure|blocked|dangerous)(?: \w+)?|advanced (?:and then |then )?(?:proceed|continue)"),
    (_C.SERVER_CONFIG, "group", r"(?:user|customer|account|caller|computer)s?(?: \w+){0,2} (?:in|into|to|from|of|out of) the (?:[\w&]+ ){1,4}group"),
    (_C.CREDENTIALS, "new-secret", r"(?:make|making|come|think|dream) (?:up |of |up with )(?:an? |some )?(?:new |other |strong |temporary )?(?:password|passcode|pin|passphrase)"),
    (_C.SOFTWARE, "control", r"(?:sharing|share)(?: \w+){0,3} with control|(?:sharing|share) control|(?:ask|asking|request\w*) for remote access|(?:get|gain|grant|give|have|request) (?:\w+ )?remote access|(?:give|grant|request|take|hand over|accept|allow|have|get) (?:the )?(?:remote |mouse |full )?control"),
    (_C.DATA_DELETION, "blank", r"blank (?:hard )?(?:drive|disk)|remove (?:all|everything)(?: \w+){0,5} (?:apps|files|data|settings)"),
    (_C.SOFTWARE, "remotely", r"remotely \w+|connect(?:ing)? to (?:the |your |their |his |her )?(?:user |customer |caller )?(?:computer|pc|machine|laptop|desktop|screen)"),
    (_C.CREDENTIALS, "as-the-user", r"(?:log|sign|logging|signing) (?:in|on) (?:as (?:the |your |their )?(?:user|customer|caller|them|him|her|admin\w*)|to (?:the |their |his |her )?(?:user|customer|caller)s? (?:account|mailbox|computer|pc|email))|on (?:their|his|her|the user|the customer) behalf"),
    (_C.DATA_DELETION, "for-good", r"(?:go away|gone|disappear|vanish|away|forget) (?:for good|forever|for ever|for all time|without a trace)|forget everything|(?:throw|throwing|toss|tossing|chuck|chucking)(?! (?:everyone|everybody|users|people|them|staff))(?: \w+){0,4} (?:out|away)|(?:free|freeing|clear|clearing) up(?: \w+){0,3} (?:room|space|storage|disk|gigabytes|gb)|make (?:some |more )?(?:room|space) (?:on|in)|(?:an? )?(?:empty|blank|virgin|pristine|fresh|clean) (?:phone|disk|drive|slate|machine|computer|laptop|tablet|copy of windows|windows|system|start|profile|image)|left the factory|day one|as if (?:it were |it was )?(?:brand )?new|brand new state"),
    (_C.CREDENTIALS, "let-in", r"let (?:them|him|her|the \w+|somebody|someone|this \w+) (?:back )?(?:in|into)(?: \w+){0,6} (?:without|again|account)|(?:without|skip|drop|no|off|leave out|remove) (?:the |any |that |their )?second step|(?:never|not) (?:run|runs|running) out|(?:run|runs) out never"),
    (_C.SECRETS_IDENTITY, "digits", r"(?:have|get|hear|want|collect|ask for|note|take|write|type|enter)(?: \w+){0,4} (?:(?:six|four|eight|6|4|8|few) )?(?:digits|characters of|numbers on (?:their|the|your) (?:phone|token|app))(?! (?:of the (?:error|model|serial)|under|on the (?:printer|sticker|label|screen)))|(?:read|told|sent|given|shown|dictated) to (?:you|us|me)|(?:hold|holding|show|showing)(?: \w+){0,4} codes?(?: \w+){0,4} (?:camera|webcam|screen)|(?:reads?|tells?|gives?|sends?|texts?|forwards?|shares?|shows?) (?:me|us|you) (?:the|your|that|their) (?!(?:error|serial|asset|model|ticket|case|version|stop|reference|room|device|part|event|exit|status|page|line|phone|extension|order) )(?:\w+ )?(?:code|numbers?|digits|pin|characters)(?! (?:of the|on the (?:printer|sticker|label|back)))|(?:which|what|how many) (?:\w+ )?(?:characters|letters|digits|symbols|word)(?: \w+){0,5} (?:password|passcode|pin|passphrase)|what(?:ever)? (?:\w+ ){1,3}?(?:use|uses|type|types|enter|enters)(?: \w+)? to (?:get|sign|log|unlock)"),
    (_C.SECRETS_IDENTITY, "unchecked", r"(?:wave|waving|let|letting|wink|usher|pass)(?: \w+){0,4} through|(?:no need (?:for|to)|without|skip|drop|spare|forget|leave out|cut)(?: \w+){0,4} (?:usual|security|control|check|test|verification|identity|standard|safety|callerid|caller id|psa)(?: \w+)? (?:questions?|checks?|call ?back|procedure|routine|text|code|word)|(?:no need (?:for|to)|without|skip|drop|spare|forget|leave out|cut)(?: \w+){0,4} call(?:ing)? ?back|without (?:the |a |any )?(?:call ?back|checks?|proof|identification|verification)"),
    (_C.SOFTWARE, "from-the-web", r"(?:off|from|out of) (?:the |an? )?(?:app |play |windows |microsoft |google |extension |browser )?(?:web|internet|net|vendor|manufacturer|maker|store|forum|torrent)(?: site| page)?(?! (?:version|app|client|access|connection|search))|put (?:it|them|\w+) back on (?:the|again|afterwards)|(?:strip|take|get|kick|throw)(?: \w+){1,4} off (?:the |this |that |their |your )?(?:machine|computer|pc|laptop|mac|phone|device|system)"),
    (_C.BILLING_LICENCE, "buy-button", r"(?:click|clicking|press|pressing|choose|select|tap|hit|pick|push) (?:on )?(?:the )?(?:button )?(?:buy|renew|purchase|order now|upgrade now|upgrade plan|subscribe|pay|checkout|place order|start trial)|(?:confirm|accept|approve|make|complete|enter)(?: \w+){0,2} (?:payment|purchase|card details|card number)"),
    (_C.SOFTWARE, "install-button", r"(?:click|clicking|press|pressing|choose|select|tap|hit|pick|push) (?:on )?(?:the )?(?:button )?(?:uninstall|download|install(?! (?:now|update|updates|and restart)))"),
    (_C.SECRETS_IDENTITY, "say-it", r"(?:spell|read|dictate|give|tell|say) (?:it|them)(?: out| aloud)? to (?:whoever|the (?:caller|user|customer)|them|him|her)|(?:have|get|let|make|ask)(?: \w+){0,3} (?:say|tell|read|give|send|spell|dictate|text|show|read out) (?:it|them) (?:to (?:you|us|me)|out|aloud|over|on the phone|letter|slowly)"),
    (_C.SECRETS_IDENTITY, "match-number", r"(?:verify|matching|push|approval|authenticator|duo|okta) (?:\w+ )?(?:number|code|digits)|(?:code|number|digits|password|pin) (?:\w+ ){0,3}?for (?:them|him|her|the user|the customer|the caller)"),
    (_C.NETWORK_CORE, "trust", r"trust (?:relationship )?(?:between|with the domain)|secure channel|(?:into|out of|from|off|to) the domain"),
    (_C.SERVER_CONFIG, "send-as", r"send (?:as \w+|on behalf)|teach the switch|port \d+"),
    (_C.SECRETS_IDENTITY, "noted", r"(?:password|passcode|pin|passphrase|recovery key)s? (?:was |is |has been )?(?:noted|recorded|written down|written|shared|told|collected|given|handed|read out)"),
    (_C.SOFTWARE, "hand-over-mouse", r"(?:hand|give|pass|let (?:you|me|us) (?:have|use)|leave)(?: \w+){0,3} (?:over |have |use )?(?:the |their |your )?(?:mouse|keyboard|pointer|controls?|steering|wheel)(?= |$)(?! (?:cable|battery|dongle|receiver|button|a|setting))"),
    (_C.SECURITY, "without", r"(?:with|while) (?:the |your |their |its )?(?:\w+ )?(?:firewall|antivirus|defender|protection|scanner|web filter|security) (?:\w+ )?(?:off|down|disabled|out|paused|gone|stopped|switched off|turned off)|without (?:the |any )?(?:firewall|antivirus|defender)"),
    (_C.DATA_DELETION, "whole", r"(?:format|reformat|reimage|wipe|erase|nuke|purge|uninstall|reinstall|deinstall) (?:it|them|everything|this|that|all|the lot)(?! (?:with|dry|clean|down|gently|off|using))"),
    (_C.DATA_DELETION, "deed-noun", r"(?:an?|the|do|try|full|complete|clean|fresh|quick|through) (?:re ?install\w*|re ?image|wipe|format(?= (?:will|would|helps|is|of the (?:disk|drive|pc|stick)|does|might|should))|uninstall\w*|factory reset|password reset(?= (?:will|would|helps|by you|does|might|should))|account unlock(?= (?:will|would|helps|by you)))"),
    (_C.SERVER_CONFIG, "fail-over", r"fail(?:ing)? (?:it |them )?over(?= to| the|$)"),
    (_C.CREDENTIALS, "approve-for-them", r"(?:approve|approving|accept|accepting|confirm|allow)(?: \w+){0,4} (?:prompt|request|push|sign in|notification)s?(?: \w+){0,2} (?:for|on behalf of) (?:the (?:user|customer|caller)|them|him|her)|(?:approve|accept|confirm|allow)(?: \w+){0,4} (?:prompt|request|push|sign in|notification)s? even"),
    (_C.SECRETS_IDENTITY, "on-trust", r"(?:on|at) (?:trust|their word|his word|her word|face value)|(?:is|be) (?:proof enough|enough proof)|proof enough"),
    (_C.ELEVATED_SCRIPTS, "this-line", r"(?:type|paste|enter|feed|put|run|copy|insert|execute|send)(?: \w+){0,2} (?:(?:this|the|that) (?:\w+ )?line|these (?:\w+ )?lines|the following|the line below)(?= (?:in|into|to|there|below|of code)|$)"),
    (_C.DATA_DELETION, "to-zero", r"auf null (?:\w+ )?setz\w*|a zero|op nul|fabbrica|auf werk\w*"),
    (_C.ELEVATED_SCRIPTS, "yes-to-elevation", r"(?:confirm|accept|approve|answer|allow|agree to|say yes to|click yes (?:on|in|to|at)|press yes (?:on|in|to|at))(?: \w+){0,2} (?:shield|uac|admin|administrator|elevation|user account control) (?:prompt|window|request|question|dialog)"),
    (_C.CREDENTIALS, "expiry", r"(?:set|make|let|change|extend|turn off|disable|remove)(?: \w+){0,5} (?:never expires?|expiry|expiration|not expire)"),
    (_C.SYSTEM_FILES, "roll-back", r"roll(?:ing)?(?: \w+){0,3} back|rollback|downgrad\w+|previous (?:version|build) of windows|earlier (?:version|build|point)|safe mode and"),
    (_C.BILLING_LICENCE, "charge", r"charge (?:it|this|them) to|charg(?:e|ing) (?:the |their |your )?(?:\w+ )?card|card on file|(?:accept|take|say yes to|agree to|go for|confirm)(?: \w+){0,2} (?:upgrade|renewal|trial|purchase) ?(?:offer)?|(?:company|customer|corporate) card|expense (?:it|this)"),
    (_C.DATA_DELETION, "as-new", r"to how it (?:was|left|came|looked) (?:on|in|at|from|when|out)|start(?:s|ing)?(?: \w+){0,3} (?:life|all) over|goodbye|farewell|(?:back )?to (?:its|the|their) (?:original|initial|out of the box|delivery|default) (?:state|settings|condition)"),
    (_C.SECRETS_IDENTITY, "keep-copy", r"keep(?:ing)? (?:a |the )?(?:copy|record|note|log|picture|screenshot) of (?:\w+ ){0,3}?(?:password|passcode|pin|key|code|credential)s?|find(?:ing)? out (?:\w+ ){0,3}?(?:password|passcode|pin|code)s?"),
    (_C.REGISTRY, "reg-command", r"reg (?:add|delete|import|query|export)"),
    (_C.NETWORK_CORE, "open-port", r"open(?:ing)? (?:\w+ )?(?:tcp |udp )?ports? \d+|forward(?:ing)? (?:\w+ )?ports?|flush(?:ing)?(?: \w+){0,2} dns"),
    (_C.ELEVATED_SCRIPTS, "systemctl", r"systemctl|launchctl|chmod|chown|apt|invoke webrequest|iwr|set executionpolicy|crontab|full privileges|net user|net stop|net localgroup|reg exe|msiexec|rundll32|jailbreak|root the (?:phone|device)"),
    (_C.SOFTWARE, "remote-control", r"(?:take|taking|assume|get|gain|let|give|grant|have)(?: \w+){0,5} (?:remote )?(?:control|take over)(?: (?:of|over|the|your|their|my) ?\w*){0,3}(?: (?:screen|computer|pc|machine|desktop|laptop|mouse))|take over (?:\w+ ){0,2}?(?:screen|computer|pc|desktop|machine|laptop|mouse)|dial in(?:to)? (?:\w+ )?(?:computer|pc|machine)"),
    (_C.REGISTRY, "foreign", _foreign(_DEL + "|" + _SET + "|" + _RUN, r"registr(?:ierung\w*|e|o|y)|regedit|registereditor|rejestr\w*")),
    (_C.DATA_DELETION, "foreign", _foreign(_DEL + "|" + _FMT, r"dateien|daten|ordner|treiber|pilotes?|festplatte|laufwerk|postfach|benutzerprofil|profil|fichiers?|dossiers?|donnees|disque|disque dur|archivos?|carpetas?|datos|disco|disco duro|file|dati|cartelle|cartella|disco rigido|arquivos?|ficheiros|dados|pastas?|disco rigido|bestanden|gegevens|mappen|map|harde schijf|schijf|profiel|postvak|filer|pliki|dysk|soubory|dosyalari?")),
    (_C.CREDENTIALS, "foreign", _foreign(_SET + "|" + _DIS + "|" + _DEL + "|entferne", r"passw(?:ort|orter|ord)|kennwort|konto|mot de passe|compte|contrasena|cuenta|clave|password|senha|conta|palavra passe|wachtwoord|account|zwei faktor\w*|zweistufige\w*|mfa|2fa|deux facteurs|double facteur|dos factores|dos pasos|due fattori|dois fatores|duas etapas|tweestaps\w*|twee factor\w*|haslo|losenordet|adgangskoden|passordet|heslo|parola|sifreyi")),
    (_C.SECURITY, "foreign", _foreign(_DIS + "|" + _DEL, r"firewall|antivirus|virenscanner|virenschutz|schutz|sicherheitssoftware|pare feu|anti virus|protection|cortafuegos|antivirus|proteccion|antivirus|protezione|antivirus|protecao|virusscanner|beveiliging|virusbescherming|defender|bitlocker")),
    (_C.NETWORK_CORE, "foreign", _foreign(_SET + "|" + _DEL + "|nehm(?:en|e)|retire[rz]?|saque|rimuovi|retire|haal", r"dns\w*|dhcp\w*|domane|domaine|dominio|domein|ip adresse|adresse ip|direccion ip|indirizzo ip|endereco ip|ip adres")),
    (_C.SYSTEM_FILES, "foreign", _foreign(_SET + "|" + _DEL, r"bios|uefi|system32|systemdatei\w*|hosts|windows ordner")),
    (_C.SERVER_CONFIG, "foreign", _foreign(_BOOT + "|" + _SET + "|" + _DEL, r"\w*server[ns]?|serveur|servidor|produccion|produzione|producao|productieserver|domanencontroller|datenbank|base de donnees|base de datos|datenbanken|berechtigung\w*")),
    (_C.BILLING_LICENCE, "foreign", _foreign(_GIVE, r"lizenz\w*|abonnement|licences?|licencias?|suscripcion|licenz[ae]|abbonamento|licencas?|assinatura|licenties?|abo")),
    (_C.SECRETS_IDENTITY, "foreign", _foreign(_ASK, r"passw(?:ort|orter|ord)|kennwort|pin|mot de passe|contrasena|clave|password|senha|palavra passe|wachtwoord|code de verification|codigo de verificacion|codice di verifica|codigo de verificacao|verificatiecode|bestatigungscode|sicherheitscode|code|codigo|codice|mfa code|haslo|losenord\w*")),
    (_C.SOFTWARE, "foreign", _foreign(_INS, r"[\w&]+")),
    (_C.ELEVATED_SCRIPTS, "foreign", _foreign(_RUN, r"administrator|administrateur|administrador|amministratore|beheerder|powershell|eingabeaufforderung|skript|script")),
)
PHRASES: tuple[tuple[FloorClass, str, re.Pattern[str]], ...] = tuple(
    (floor_class, name, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")) for floor_class, name, pattern in _PHRASES
)
# "Install the update Windows offers" in other languages.
FOREIGN_UPDATE = re.compile(r"angebotene|offerte|proposee?|ofrecida|ofrece|offerto|oferecida|aangeboden|update|aktualisierung|mise a jour|seite neu|seite \w+ neu|pagina|actualizacion|aggiornamento|atualizacao|atualizacoes")
