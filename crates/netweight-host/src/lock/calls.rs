//! Which system calls may be made (seccomp), in three tables.
//!
//! 1. What a plugin may call; anything else does not exist (`ENOSYS`), so that the C library
//!    falls back to older calls.
//! 2. What only an attack calls: stopped and named.
//! 3. What the loader needed and the plugin does not: opening files, executable memory.
//!
//! `clone3` and `openat2` hide their arguments from filters; left out of the first table, they
//! give way to `clone` and `openat`.

use super::filter::{Call, Then, always, apply, bits, equal, not_null, null, unequal, when};
use super::{Prisoner, filter};

/// Bits of `open` that make or change a file.
const WRITING: i32 = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC;

/// What a thread's `clone` has, and a process's has not.
const THREAD: i32 = libc::CLONE_VM | libc::CLONE_THREAD;

/// `prctl` names a mapping with this (for debuggers); not in every C library's headers.
const NAME_MAPPING: u32 = 0x5356_4d41;

/// Rows that hold without conditions.
macro_rules! calls {
    ($($name:ident)*) => { [$(always(stringify!($name), libc::$name)),*] };
}

/// A row that holds under conditions.
macro_rules! call {
    ($name:ident, $($all:expr),+) => {
        when(stringify!($name), libc::$name, vec![$($all.to_vec()),+])
    };
}

/// The first two filters, before the plugin's first instruction. `output` is the descriptor of
/// the protocol.
pub(crate) fn confine(prisoner: Prisoner, output: i32) -> Result<(), String> {
    let process = std::process::id();
    let mut allowed = allowed(process, output.unsigned_abs());
    let mut forbidden = forbidden(process);
    let stop = match prisoner {
        Prisoner::Library => Then::Trap,
        // A program must be started, and a signal handler does not outlive that.
        Prisoner::Program => {
            allowed.extend(calls![SYS_execve]);
            allowed.extend(for_programs());
            forbidden.retain(|row| row.number != libc::SYS_execve);
            Then::Fail(libc::EPERM)
        }
    };
    apply(allowed, Then::Allow, Then::Fail(libc::ENOSYS))?;
    apply(forbidden, stop, Then::Allow)
}

/// The third filter, when the plugin is loaded.
pub(crate) fn seal() -> Result<(), String> {
    apply(loading(), Then::Fail(libc::EPERM), Then::Allow)
}

/// The name of a call that the second table forbids.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    forbidden(0).into_iter().find(|row| row.number == number).map(|row| row.name)
}

/// The first table.
fn allowed(process: u32, output: u32) -> Vec<Call> {
    let mut rows = Vec::from(calls![
        SYS_read SYS_readv SYS_pread64 SYS_preadv SYS_lseek SYS_close SYS_fstat SYS_newfstatat
        SYS_statx SYS_faccessat SYS_faccessat2 SYS_readlinkat SYS_getdents64 SYS_getcwd SYS_dup
        SYS_ppoll SYS_munmap SYS_mprotect SYS_mremap SYS_madvise SYS_brk SYS_membarrier
        SYS_rt_sigaction SYS_rt_sigprocmask SYS_rt_sigreturn SYS_sigaltstack SYS_restart_syscall
        SYS_futex SYS_set_robust_list SYS_get_robust_list SYS_rseq SYS_set_tid_address
        SYS_gettid SYS_getpid SYS_getppid SYS_getuid SYS_geteuid SYS_getgid SYS_getegid
        SYS_sched_yield SYS_sched_getaffinity SYS_sched_getparam SYS_sched_getscheduler
        SYS_nanosleep SYS_clock_nanosleep SYS_clock_gettime SYS_clock_getres SYS_gettimeofday
        SYS_getrandom SYS_getrusage SYS_sysinfo SYS_uname SYS_times
        SYS_exit SYS_exit_group
        SYS_landlock_create_ruleset SYS_landlock_add_rule SYS_landlock_restrict_self SYS_seccomp
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.extend(calls![
        SYS_stat SYS_lstat SYS_access SYS_readlink SYS_poll SYS_getrlimit SYS_time SYS_arch_prctl
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.push(call!(SYS_open, [bits(1, WRITING, 0)]));
    let written = [1, 2, output].map(|descriptor| vec![equal(0, descriptor)]);
    rows.extend([
        call!(SYS_openat, [bits(2, WRITING, 0)]),
        when("SYS_write", libc::SYS_write, written.to_vec()),
        when("SYS_writev", libc::SYS_writev, written.to_vec()),
        // Memory that is shared and can be written to escapes the limit on memory.
        call!(
            SYS_mmap,
            [bits(3, libc::MAP_TYPE, libc::MAP_PRIVATE)],
            [
                bits(3, libc::MAP_TYPE | libc::MAP_ANONYMOUS, libc::MAP_SHARED),
                bits(2, libc::PROT_WRITE, 0)
            ]
        ),
        call!(SYS_clone, [bits(0, THREAD, THREAD)]),
        // `abort` sends a signal to its own process.
        call!(SYS_tgkill, [equal(0, process)]),
        call!(SYS_prlimit64, [null(2)]),
        call!(
            SYS_fcntl,
            [equal(1, libc::F_GETFD.unsigned_abs())],
            [equal(1, libc::F_SETFD.unsigned_abs())],
            [equal(1, libc::F_GETFL.unsigned_abs())],
            [equal(1, libc::F_DUPFD_CLOEXEC.unsigned_abs())]
        ),
        // Whether standard output is a terminal, and how wide; closing on exec.
        call!(SYS_ioctl, [equal(1, 0x5401)], [equal(1, 0x5413)], [equal(1, 0x5451)]),
        call!(
            SYS_prctl,
            [equal(0, libc::PR_SET_NAME.unsigned_abs())],
            [equal(0, libc::PR_SET_NO_NEW_PRIVS.unsigned_abs())],
            [equal(0, NAME_MAPPING)]
        ),
    ]);
    rows
}

/// What interpreters call besides.
fn for_programs() -> Vec<Call> {
    let mut rows = Vec::from(calls![
        SYS_pipe2 SYS_dup3 SYS_epoll_create1 SYS_eventfd2 SYS_sched_setaffinity SYS_fadvise64
        SYS_getgroups SYS_getresuid SYS_getresgid SYS_getpgid SYS_getsid SYS_umask SYS_capget
        SYS_readahead SYS_fchdir SYS_chdir
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.extend(calls![SYS_dup2 SYS_pipe SYS_getpgrp SYS_epoll_create]);
    rows
}

/// The second table.
fn forbidden(process: u32) -> Vec<Call> {
    let mut rows = Vec::from(calls![
        SYS_socket SYS_socketpair SYS_connect SYS_bind SYS_listen SYS_accept SYS_accept4
        SYS_sendto SYS_sendmsg SYS_sendmmsg SYS_recvfrom SYS_recvmsg SYS_recvmmsg SYS_shutdown
        SYS_execve SYS_execveat SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev
        SYS_kill SYS_tkill SYS_rt_sigqueueinfo SYS_rt_tgsigqueueinfo
        SYS_pidfd_open SYS_pidfd_getfd SYS_pidfd_send_signal
        SYS_unlinkat SYS_renameat2 SYS_mkdirat SYS_linkat SYS_symlinkat SYS_mknodat
        SYS_fchmod SYS_fchmodat SYS_fchown SYS_fchownat SYS_truncate SYS_ftruncate SYS_fallocate
        SYS_utimensat SYS_setxattr SYS_lsetxattr SYS_fsetxattr SYS_removexattr
        SYS_mount SYS_umount2 SYS_pivot_root SYS_chroot SYS_setns SYS_unshare
        SYS_fsopen SYS_fsmount SYS_move_mount SYS_open_tree SYS_open_by_handle_at
        SYS_io_uring_setup SYS_io_uring_enter SYS_io_uring_register
        SYS_bpf SYS_perf_event_open SYS_userfaultfd SYS_memfd_create
        SYS_keyctl SYS_add_key SYS_request_key
        SYS_init_module SYS_finit_module SYS_delete_module SYS_kexec_load SYS_reboot
        SYS_setuid SYS_setgid SYS_setreuid SYS_setregid SYS_setresuid SYS_setresgid
        SYS_setgroups SYS_capset SYS_personality SYS_setpriority
        SYS_shmget SYS_shmat SYS_msgget SYS_semget SYS_mq_open
        SYS_inotify_init1 SYS_fanotify_init SYS_clock_settime SYS_settimeofday SYS_sethostname
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.extend(calls![
        SYS_fork SYS_vfork SYS_creat SYS_unlink SYS_rename SYS_renameat SYS_setrlimit SYS_mkdir SYS_rmdir SYS_link
        SYS_symlink SYS_mknod SYS_chmod SYS_chown SYS_lchown SYS_utime SYS_utimes SYS_iopl
        SYS_ioperm SYS_modify_ldt
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.push(when("open for writing", libc::SYS_open, writing(1)));
    rows.extend([
        when("openat for writing", libc::SYS_openat, writing(2)),
        call!(SYS_clone, [bits(0, libc::CLONE_VM, 0)], [bits(0, libc::CLONE_THREAD, 0)]),
        call!(SYS_tgkill, [unequal(0, process)]),
        call!(SYS_prlimit64, [not_null(2)]),
    ]);
    rows
}

/// Flags that make or change a file, in this argument.
fn writing(flags: u8) -> Vec<Vec<filter::Condition>> {
    let any = [
        (libc::O_ACCMODE, libc::O_WRONLY),
        (libc::O_ACCMODE, libc::O_RDWR),
        (libc::O_CREAT, libc::O_CREAT),
        (libc::O_TRUNC, libc::O_TRUNC),
    ];
    any.iter().map(|(mask, value)| vec![bits(flags, *mask, *value)]).collect()
}

/// The third table.
fn loading() -> Vec<Call> {
    let executable = |argument| [bits(argument, libc::PROT_EXEC, libc::PROT_EXEC)];
    let by_path = |argument| [bits(argument, libc::AT_EMPTY_PATH, 0)];
    let mut rows = Vec::from(calls![
        SYS_openat SYS_faccessat SYS_faccessat2 SYS_readlinkat SYS_getdents64 SYS_getcwd
        SYS_landlock_create_ruleset SYS_landlock_add_rule SYS_landlock_restrict_self SYS_seccomp
    ]);
    #[cfg(target_arch = "x86_64")]
    rows.extend(calls![SYS_open SYS_stat SYS_lstat SYS_access SYS_readlink]);
    rows.extend([
        call!(SYS_mmap, executable(2)),
        call!(SYS_mprotect, executable(2)),
        call!(SYS_newfstatat, by_path(3)),
        call!(SYS_statx, by_path(2)),
    ]);
    rows
}
