"""Things an AI-built walk never orders anything about: naming one in an order is a hit, whatever the verb.

Patterns are over ``floor_reading``'s spelling. Each is a plain alternation, matched once over a text of at most 2 KB.
"""



from __future__ import annotations

import re

from domain.builder.categories import FloorClass

_STRONG: dict[FloorClass, tuple[str, ...]] = {
    FloorClass.REGISTRY: (
        r"(?:identities|profiles?|run|polic(?:y|ies)|value|outlook|software|winlogon|sub|parent) keys?", r"(?:string|dword|binary|default) values?", "winlogon", "registry", "hive", "hives", "regedit", "regedit32", "regedt32", r"hkey \w+", "hkey", "hklm", "hkcu", "hkcr", "dword", "reg file", "reg files", "reg attachment",
        "configuration database", r"registrierungs ?editor\w*", r"registrierungsdatenbank\w*", r"registry ?editor\w*", "registrierdatenbank", "windows registrierung",
        "editeur du registre", "editeur de registre", "base de registre", "registre windows", "registre de windows", "editor del registro",
        "registro de windows", "registro di sistema", "registro di windows", "editor do registro", "registro do windows",
        "editor de registro", r"register ?editor\w*", "windows register", "rejestr", "rejestru", "registereditoren", "registreringsdatabasen",
    ),
    FloorClass.SYSTEM_FILES: (
        "bios", "uefi", r"boot (?:list|order|sequence|loader|manager|record|sector|config\w*|tab|entry|entries|settings|options|partition|files?|menu|priority)",
        r"(?:legacy|fast|network|pxe|usb|safe) boot", "bcdedit", "bootrec", "bcd", "msconfig", "system configuration", "system32", "system 32", "syswow64", "hosts file", r"hosts (?:entry|entries|list)", "host file", "etc hosts", "secure boot",
        r"system files?", r"system folders?", r"system director(?:y|ies)", r"windows (?:folder|director(?:y|ies)|system files?)", "windows system", "softwaredistribution",
        "boot ini", "fstab", "grub", "firmware", r"ntuser(?: dat)?", r"dlls?", "mbr", "master boot record", "pagefile", "page file", r"kernel\w*", "system restore",
        "restore point", "sata", "ahci", "raid mode", "nvram", "cmos", "tpm", "plist", "launchdaemons", r"systemdatei\w*", r"bootreihenfolge|startreihenfolge|bootmenu|bootloader",
        r"fichiers? systemes?", "fichier hosts", "fichier hote", r"ordre (?:de demarrage|d amorcage)", r"archivos? (?:del|de) sistema", "archivo hosts", "orden de arranque",
        "file di sistema", "file hosts", "ordine di avvio", r"(?:arquivos?|ficheiros?) (?:do|de) sistema", "arquivo hosts", r"ordem de (?:inicializacao|arranque|boot)",
        r"systeembestand\w*", "opstartvolgorde", "hosts bestand", "hostsbestand", "hosts datei", "systemordner", "windows ordner",
    ),
    FloorClass.DATA_DELETION: ("ost", "pst", r"(?:ost|pst|data) files?", r"shadow cop(?:y|ies)", "ntfs", "exfat", "fat32", "apfs", "system image", "recovery partition"),
    FloorClass.SECURITY: (
        r"(?:en|de)crypt\w*", "vault", "firewall", "firewalls", "antivirus", "antiviruses", "antivirus software", "antimalware", r"(?:virus|malware) ?scann?ers?", r"anti virus\w*", "virus protection", "malware protection",
        "threat protection", "defender", "play protect", r"real ?time \w+", r"(?:virus|malware|on access|background) scan\w*", "scanning", "real time protection", "realtime protection", r"(?:sign in|login|account) security", "web filter", "live protection", "endpoint protection", "endpoint security", "edr", "crowdstrike", "sentinelone", "sophos",
        "mcafee", "norton", "kaspersky", "bitdefender", "symantec", "eset", "falcon sensor", "bitlocker", "filevault", "disk encryption", "drive encryption", "device encryption", "uac",
        "user account control", "smartscreen", "smart screen", "gatekeeper", r"(?:reduced|permissive|full) security", "security utility", "system integrity protection", "sip", r"(?:allow(?:ed)?|block(?:ed)?|deny|exclusion|exception|trust(?:ed)?) ?list", "selinux", "apparmor", "tamper protection", "cloud delivered protection",
        r"(?:security|protection) (?:software|agents?|suite|settings?|polic(?:y|ies)|levels?|features?|tools?|scanner|client|products?|programs?|shield|zone|controls?|baseline|defaults|center|app)",
        r"(?:ssl|tls|security|server|root|self signed) (?:certificates?|warnings?|inspection|verification)", "certificate warning", "certificate error", "self signed certificate",
        "quarantine", "spam filter", "web filter", "content filter", "dlp", "macros", "windows security", "trusted sites", "trusted publishers", "protected view", "protection", "cortafuegos", "pare feu", "parefeu",
        r"(?:virenscann?er|virenschutz|schutzprogramm)\w*", r"virusscann?er\w*", "antivirenprogramm", "brandmauer", "virusbescherming", "antiviral", "antywirus", "zapora", "guvenlik duvari", r"brandvagg\w*",
    ),
    FloorClass.ELEVATED_SCRIPTS: (
        r"csrutil|setenforce|ufw|iptables|spctl|dsregcmd|psexec|manage bde|w32tm|runas|passwd|mkfs|brew|scoop|networksetup|scutil|dscl|secedit|certutil|bitsadmin|wusa|pnputil|fdisk|parted|gparted|nmcli|usermod|useradd|visudo|kubectl|terraform|ansible|sc (?:config|stop|start|delete)",
        r"wevtutil|eseutil|powercfg|slmgr|cscript|wscript|mshta|cacls|attrib|xcopy|net use|net share|route add|fsutil|bcdboot|mountvol|wbadmin|defrag|gpresult|setspn|dcdiag|repadmin|ntdsutil|dsquery|dsmod|ldifde|wmimgmt|secpol|msra|sfc|osascript|systemsetup|softwareupdate|jamf|profiles remove|rmdir|mkdir|(?:rd|del|rm) (?:commandline|system folder|folder)",
        "developer mode", "laps", "usb debugging", "root", "run dialog", "management console", r"script files?", "permanent deletion", "iisreset", "diskpart", "cleanmgr", "robocopy", "vssadmin", "regsvr32", "sysdm", "ncpa", "appwiz", "devmgmt", "diskmgmt", "lusrmgr", "task manager details",
        "power user menu", "quick link menu", "powershell", "pwsh", "command prompt", "command line", "commandline", "cmd", "cmd exe", "admin prompt", r"terminal(?! ?server)", "shell", "bash", "sudo", "as admin", "as administrator", "as an administrator", "as an admin", "as root", r"(?<!same )as system",
        "as the administrator", "run as", "elevated", "elevation", "elevate", "root shell", "root user", "root access", r"(?:local |domain |global )?admin(?:istrator|istrative)?s? (?:rights?|privileges?|account|accounts|permissions?|group|credentials|passwords?|mode|login|user|access|shell|rechte)",
        "full privileges", "higher privileges", "superuser", r"scripts?", "batch file", "batch files", r"\w+ (?:bat|ps1|vbs|sh)", "one liner", "execution policy", "services msc", "services console",
        r"(?:group|domain|security|default) polic(?:y|ies)", "gpedit", "gpedit msc", "secpol", "gpupdate", "gpo", "scheduled task", "task scheduler", r"sfc", "dism", "chkdsk", "wmic", "wmi", "taskkill", "schtasks", "icacls", "takeown", "print spooler", "spooler", r"spooler service", "system service", "windows service", "windows services",
        "computer management", "event viewer", "administrative tools", "local users and groups", "iex", "curl", "wget", "bookmarklet", "developer console", "developer tools",
        r"eingabeaufforderung\w*", r"kommandozeile\w*", "als administrator", "als admin", r"administratorrechte\w*", "adminrechte", r"skripte?", r"admin(?:istrator)?s? names?", "invite de commandes", "ligne de commande", "en tant qu administrateur", "en tant que administrateur", "comme administrateur", "droits administrateur",
        "simbolo del sistema", "linea de comandos", "como administrador", "permisos de administrador", "prompt dei comandi", "come amministratore", "prompt de comando", "linha de comandos?", "opdrachtprompt", "als beheerder", "jako administrator", "som administrator",
    ),
    FloorClass.NETWORK_CORE: (
        "dns", "dhcp", "mx", "cname", "name system", "name service", "resolver", "resolvers", "static ip", "static address", "fixed ip", r"ip address(?:es)?", "ipv4", "ipv6", r"name ?servers?", r"(?:mx|a|cname|txt|spf|dkim|dmarc|ptr|srv) (?:records?|entry|entries)", "netsh", "ipconfig", "ifconfig", "nslookup",
        r"network (?:adapters?|cards?|stack|settings?|configuration|bridge|interface)", "vlan", "vlans", "subnet", "subnet mask", "default gateway", r"(?<!vpn )(?<!nearest )(?<!usual )(?<!another )(?<!different )gateway", r"router (?:settings|configuration|config|admin\w*|page|firmware)", "switch port", "static route", "routing table", "port forwarding", r"open port", r"port \d+",
        r"fixed (?:address|number|ip)", r"feste \w*adresse", "adresse fixe", "direccion fija", "indirizzo fisso", "endereco fixo", r"vast \w*adres", r"hand(?:ing)? out (?:ip )?addresses", r"adapter (?:settings|properties|options)", "winsock", "proxy server", "proxy settings", "manual proxy", "manual address", "registrar", "domain registrar", r"dns ?server\w*", "dns einstellungen", "ip adresse", "direccion ip", "adresse ip", "indirizzo ip", "endereco ip", "ip adres", "serveur dns", "servidor dns",
    ),
    FloorClass.SERVER_CONFIG: (
        r"production (?:hosts?|systems?|servers?|database|configuration|config|environment|cluster|machines?)", r"domain controllers?", "exchange server", "exchange online", "exchange admin center", "exchange admin", "iis", r"[a-z]{2,12}0\d", r"(?:for|across) the (?:whole|entire) (?:company|tenant|organi[sz]ation)", r"(?:tenant|company|org) ?wide", "information store", r"exchange (?:transport|services?|database|store|environment)", "rds", r"(?:rds|rd|session|vm|sql|app|web|db|application|database) hosts?", "hypervisor", "hyper v", "virtual switch", "virtuele switch", "vcenter", "esxi", "vmware host", "cluster", "load balancer",
        r"admin(?:istration|istrator)? (?:cent(?:er|re)|console|portal|panel|dashboard|page|interface|tools?)", "azure", "azure ad", "entra", "entra id", "intune", "conditional access", "tenant settings", "mail flow", "transport rule", "mailbox (?:quota|permissions?|delegation|size|limit)", r"(?:security|distribution|ad) groups?",
        r"group memberships?", "full control", r"(?:share|ntfs|folder|file|shared folder|access) permissions?", "permissions of", "deployment", "sql", r"databases?", r"virtual machines?", "backup job", "sharepoint admin", "active directory", "ad users and computers", "kubernetes", "failover", r"app(?:lication)? pools?", "connection string", r"(?:in|into|from|on) ad", "docker", "nginx", "apache", "config file", "configuration file",
        r"produktionsserver\w*", "serveur de production", "servidor de produccion", "server di produzione", "servidor de producao", r"productieserver\w*", r"domanencontroller\w*", "controleur de domaine", "controlador de dominio",
    ),
    FloorClass.BILLING_LICENCE: (
        r"licen[cs]es?", r"licen[cs]ing", "subscription", "subscriptions", r"invoices?", "billing", "credit card", "payment", "payments", "payment method", "refund", "refunds", "product key", "activation key", "serial key", "purchase order", r"business (?:basic|standard|premium)", r"(?:office |microsoft |m)?365 e\d", r"e[135] seats?", r"plan \d", "power bi pro", r"paid (?:one|plan|version|term|tier|account|edition)", r"(?:an?|another|more|one|the|extra) (?:e[135]|f[13])", "visio plan", "project plan",
        r"lizenz\w*", r"abonnements?", "rechnung", "facture", "licencia", "licencias", "suscripcion", "licenza", "licenze", "abbonamento", "licenca", "licencas", "assinatura", "licentie", "licenties",
    ),
    FloorClass.SOFTWARE: (
        "teamviewer", "anydesk", "screenconnect", "connectwise control", "quick assist", "quickassist", "remote session", "screen control", r"control requests?", "remote control", "remote access tool", "remote support", "remote assistance", "remote desktop", "rdp", "mstsc", "vnc", "logmein", "splashtop", "bomgar", "beyondtrust", "rustdesk", "ultraviewer", "supremo", "gotoassist", "dameware",
        r"(?:microsoft|play|app|google play|windows|galaxy) store", r"installers?", "setup exe", "setup file", "msi", "exe", "winget", "chocolatey", "choco", "homebrew", "apt get", "pip install", "npm", "web store", "third party tool", "third party software", "freeware", "driver package", "remoteverbindung", "fernwartung", "fernzugriff", "prise en main a distance", r"remote tools?", "control remoto", "controllo remoto", "controle remoto",
    ),
}

# Named only to be worked with: their mention outside a prohibition or a question is an order already.
ALWAYS = frozenset({"hkey", "hklm", "hkcu", "sudo", "iex", "bcdedit", "bootrec", "netsh", "diskpart", "icacls", "takeown", "taskkill"})
STRONG: tuple[tuple[FloorClass, re.Pattern[str]], ...] = tuple(
    (floor_class, re.compile(r"(?<![a-z0-9])(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + r")(?![a-z0-9])"))
    for floor_class, patterns in _STRONG.items()
)
