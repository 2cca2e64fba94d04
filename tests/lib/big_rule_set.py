#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""405 rules in the style of the sets that are recommended for servers: 267 watches, 129 rules about system calls, 9 exclusions.

The same text at each call. With a program, each rule is bound to it by a last field -F exe=, as it must be for the kernel's
own audit of a machine that is not ours.

usage: big_rule_set.py [EXE]
"""

import os
import sys

WATCHES, SYSCALLS, EXCLUSIONS = 267, 129, 9
USERS = "-F auid>=1000 -F auid!=unset"

# First, as the first rule that matches decides.
EXCLUDED_TYPES = ["CRYPTO_KEY_USER", "CRYPTO_SESSION", "CRED_REFR", "SERVICE_STOP", "CWD", "EOE"]
NEVER = [
    "-a never,exit -F arch=b64 -S adjtimex -F auid=unset -F uid=root -F success=1",
    "-a never,exit -F arch=b32 -S adjtimex -F auid=unset -F uid=root -F success=1",
    "-a never,exit -F arch=b64 -S fork,vfork -F auid=unset -F ppid=2",
]

# key, permissions, directory, names; an empty name is the directory with all that is below it.
FILES = [
    ("identity", "wa", "/etc", "passwd group shadow gshadow passwd- group- shadow- gshadow- subuid subgid login.defs "
     "securetty shells nsswitch.conf"),
    ("identity", "wa", "/etc/security", "opasswd access.conf group.conf limits.conf pam_env.conf namespace.conf "
     "faillock.conf pwquality.conf"),
    ("actions", "wa", "/etc", "sudoers sudo.conf doas.conf"),
    ("actions", "wa", "/etc/sudoers.d", " README"),
    ("pam", "wa", "/etc/pam.d", " common-auth common-account common-password common-session login passwd su sudo sshd "
     "chfn chsh cron newusers"),
    ("system-locale", "wa", "/etc", "issue issue.net hosts hostname networks resolv.conf hosts.allow hosts.deny "
     "machine-id"),
    ("system-locale", "wa", "/etc/network", " interfaces"),
    ("system-locale", "wa", "/etc/NetworkManager", " NetworkManager.conf"),
    ("time-change", "wa", "/etc", "localtime timezone adjtime ntp.conf"),
    ("time-change", "wa", "/etc/chrony", " chrony.conf chrony.keys"),
    ("mac-policy", "wa", "/etc/selinux", " config semanage.conf"),
    ("mac-policy", "wa", "/etc/apparmor", " parser.conf"),
    ("mac-policy", "wa", "/etc/apparmor.d", ""),
    ("init", "wa", "/etc", "inittab rc.local init.d profile bash.bashrc environment fstab crypttab"),
    ("init", "wa", "/etc/systemd", " system.conf user.conf journald.conf logind.conf resolved.conf timesyncd.conf"),
    ("init", "wa", "/etc/profile.d", ""),
    ("init", "wa", "/etc/default", " grub ssh cron"),
    ("libpath", "wa", "/etc", "ld.so.conf ld.so.cache ld.so.preload"),
    ("libpath", "wa", "/etc/ld.so.conf.d", ""),
    ("sysctl", "wa", "/etc", "sysctl.conf"),
    ("sysctl", "wa", "/etc/sysctl.d", " 99-sysctl.conf"),
    ("modules", "wa", "/etc", "modules"),
    ("modules", "wa", "/etc/modprobe.d", " blacklist.conf"),
    ("modules", "wa", "/etc/modules-load.d", ""),
    ("modules", "x", "/usr/sbin", "insmod rmmod modprobe depmod"),
    ("modules", "x", "/usr/bin", "kmod lsmod"),
    ("cron", "wa", "/etc", "crontab anacrontab cron.allow cron.deny at.allow at.deny cron.hourly cron.daily cron.weekly "
     "cron.monthly"),
    ("cron", "wa", "/etc/cron.d", " anacron e2scrub_all"),
    ("cron", "wa", "/var/spool/cron", " crontabs atjobs"),
    ("sshd", "wa", "/etc/ssh", " sshd_config ssh_config moduli ssh_host_rsa_key ssh_host_ecdsa_key ssh_host_ed25519_key"),
    ("mail", "wa", "/etc", "aliases"),
    ("mail", "wa", "/etc/postfix", " main.cf master.cf"),
    ("packages", "wa", "/etc/apt", " sources.list sources.list.d apt.conf.d preferences.d trusted.gpg.d"),
    ("packages", "wa", "/var/lib/dpkg", "status diversions statoverride"),
    ("packages", "x", "/usr/bin", "apt apt-get apt-key dpkg dpkg-divert dpkg-statoverride pip3 gem npm snap"),
    ("power", "x", "/usr/sbin", "shutdown poweroff reboot halt telinit runlevel"),
    ("audit-tools", "x", "/usr/sbin", "auditctl auditd augenrules ausearch aureport"),
    ("audit-config", "wa", "/etc/audit", " auditd.conf audit.rules rules.d plugins.d"),
    ("audit-config", "wa", "/etc/libaudit.conf", ""),
    ("audit-log", "rwa", "/var/log/audit", ""),
    ("logs", "wa", "/var/log", "lastlog wtmp btmp faillog tallylog auth.log syslog dpkg.log"),
    ("logs", "wa", "/etc", "rsyslog.conf logrotate.conf"),
    ("logs", "wa", "/etc/rsyslog.d", ""),
    ("logs", "wa", "/etc/logrotate.d", ""),
    ("recon", "x", "/usr/bin", "whoami id hostname uname w who last lsof netstat ss ip arp"),
    ("suspicious", "x", "/usr/bin", "wget curl nc ncat base64 xxd ssh scp sftp socat nmap rsync tcpdump wireshark "
     "strace gdb"),
    ("containers", "x", "/usr/bin", "docker dockerd containerd runc podman kubectl crictl"),
    ("containers", "wa", "/etc/docker", " daemon.json"),
    ("containers", "wa", "/var/lib/docker", ""),
    ("firewall", "wa", "/etc", "nftables.conf iptables ufw"),
    ("firewall", "x", "/usr/sbin", "iptables ip6tables nft ebtables arptables ufw"),
    ("tls", "wa", "/etc/ssl", " openssl.cnf private certs"),
]
# Programs that run with more than their user's privileges: the other way to write a watch.
PRIVILEGED = {
    "/usr/bin": "su sudo passwd chsh chfn newgrp gpasswd chage expiry mount umount at crontab pkexec fusermount3 "
    "ssh-agent wall write bwrap dotlockfile ksu",
    "/usr/sbin": "unix_chkpwd pam_extrausers_chkpwd usermod useradd userdel groupadd groupmod groupdel vipw visudo "
    "exim4 postdrop postqueue mount.nfs pppd",
}

# key, fields, calls: a rule for each of the two sizes of words. A call that only one of them has carries its name.
OPENS = "open,creat,truncate,ftruncate,openat,openat2,open_by_handle_at"
OWNERS = "chown,fchown,lchown,fchownat"
MODES = "chmod,fchmod,fchmodat"
ATTRIBUTES = "setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr"
CREATES = "mkdir,mkdirat,mknod,mknodat,link,linkat,symlink,symlinkat"
PAIRS = [
    ("time-change", "", "adjtimex,settimeofday"), ("time-change", "-F a0=0x0", "clock_settime"),
    ("time-change", "", "clock_adjtime"), ("system-locale", "", "sethostname,setdomainname"),
    *(("perm-mod", fields, calls) for fields in (USERS, "-F auid=0") for calls in (MODES, OWNERS, ATTRIBUTES)),
    *(("access", f"-F exit=-{error} {fields}", OPENS) for error in ("EACCES", "EPERM") for fields in (USERS, "-F auid=0")),
    *(("creation", f"-F exit=-{error} {USERS}", CREATES) for error in ("EACCES", "EPERM")),
    *(("removal", f"-F exit=-{error} {USERS}", "rename,renameat,renameat2,unlink,unlinkat,rmdir")
      for error in ("EACCES", "EPERM")),
    *(("perm-mod-failed", f"-F exit=-{error} {USERS}", f"{MODES},{OWNERS},{ATTRIBUTES}") for error in ("EACCES", "EPERM")),
    ("delete", USERS, "unlink,unlinkat,rename,renameat,renameat2"), ("delete", "-F auid=0", "rmdir"),
    ("export", USERS, "mount"), ("export", USERS, "umount2"), ("export", "", "swapon,swapoff"),
    ("mounts", "", "pivot_root"), ("mounts", "", "move_mount,open_tree,fsopen,fsmount"), ("chroot", "", "chroot"),
    ("modules", USERS, "init_module,finit_module"), ("modules", USERS, "delete_module"),
    ("reboot", "", "reboot"), ("bpf", USERS, "bpf"),
    ("perf", USERS, "perf_event_open"), ("io-uring", USERS, "io_uring_setup"), ("userfault", USERS, "userfaultfd"),
    *((key, f"-F a0={request}", "ptrace") for key, request in
      (("code-injection", "0x4"), ("data-injection", "0x5"), ("register-injection", "0x6"), ("tracing", "0x10"))),
    ("tracing", "", "process_vm_readv,process_vm_writev"), ("tracing", "", "kcmp,pidfd_getfd"),
    ("container-create", "-F a0&0x7C020000", "clone"), ("container-config", "", "unshare,setns"),
    ("root-commands", f"-C uid!=euid -F euid=0 {USERS}", "execve,execveat"),
    ("root-commands", f"-F euid=0 {USERS}", "execve"), ("group-commands", f"-C gid!=egid -F egid=0 {USERS}", "execve"),
    ("memfd", USERS, "memfd_create"), ("personality", USERS, "personality"),
    ("ids", f"-F a0=0 {USERS}", "setuid"), ("ids", f"-F a1=0 {USERS}", "setreuid,setresuid"),
    ("ids", f"-F a0=0 {USERS}", "setgid"), ("ids", f"-F a1=0 {USERS}", "setregid,setresgid"),
    ("ids", USERS, "setgroups"), ("capabilities", USERS, "capset"), ("keys", USERS, "add_key,request_key,keyctl"),
    ("connections", f"-F a2=16 -F success=1 {USERS}", "connect"), ("raw-sockets", "-F a0=16", "socket"),
    ("raw-sockets", "-F a1=3", "socket"), ("packets", "-F a0=17", "socket"), ("listening", USERS, "listen"),
    ("accounting", "", "acct"),
]
ONE_SIZE = [
    ("kexec", "b64", "", "kexec_load,kexec_file_load"), ("kexec", "b32", "", "sys_kexec_load"),
    ("time-change", "b32", "", "stime"), ("io-ports", "b64", USERS, "iopl,ioperm"), ("syslog", "b64", USERS, "syslog"),
    ("segments", "b64", USERS, "modify_ldt"), ("segments", "b32", USERS, "vm86,vm86old"),
]


def watches():
    """(path, rule) of each."""
    for key, perm, directory, names in FILES:
        for name in names.split(" "):
            path = f"{directory}/{name}".rstrip("/")
            yield path, f"-w {path} -p {perm} -k {key}"
    for directory, names in PRIVILEGED.items():
        for name in names.split():
            path = f"{directory}/{name}"
            yield path, f"-a always,exit -F path={path} -F perm=x {USERS} -F key=privileged"


def syscall_rules():
    for key, fields, calls in PAIRS:
        for size in ("b32", "b64"):
            yield " ".join(f"-a always,exit -F arch={size} -S {calls} {fields} -F key={key}".split())
    for key, size, fields, calls in ONE_SIZE:
        yield " ".join(f"-a always,exit -F arch={size} -S {calls} {fields} -F key={key}".split())


def exclusions():
    yield from (f"-a always,exclude -F msgtype={name}" for name in EXCLUDED_TYPES)
    yield from NEVER


def rules(exe=None):
    """Each rule, in the order in which they are loaded."""
    scope = f" -F exe={exe}" if exe else ""
    return [rule + scope for rule in (*exclusions(), *(rule for _, rule in watches()), *syscall_rules())]


def text(exe=None):
    """The rule file."""
    return "\n".join(["-D", "-b 8192", "-f 1", *rules(exe), ""])


def directories():
    """Where the watched files are. A rule about a file needs its directory, not the file."""
    return sorted({os.path.dirname(path) for path, _ in watches()})


if __name__ == "__main__":
    sys.stdout.write(text(*sys.argv[1:2]))
