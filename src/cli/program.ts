import type { Group } from './command.js';

/** Every command by its name. A command is loaded when it runs: `seal` does not wait for what `emulate` needs. */
export const program: Group = {
  name: 'credseal',
  summary: 'Seals credentials with your own key, in the format of the CloudCruise vault API.',
  commands: {
    key: {
      name: 'key',
      summary: 'make, show and protect vault keys',
      commands: {
        new: () => import('./commands/key-new.js'),
        show: () => import('./commands/key-show.js'),
        protect: () => import('./commands/key-protect.js'),
        unprotect: () => import('./commands/key-unprotect.js'),
      },
    },
    seal: () => import('./commands/seal.js'),
    open: () => import('./commands/open.js'),
    payload: () => import('./commands/payload.js'),
    request: () => import('./commands/request.js'),
    import: () => import('./commands/import.js'),
    preflight: () => import('./commands/preflight.js'),
    rotate: () => import('./commands/rotate.js'),
    push: () => import('./commands/push.js'),
    work: () => import('./commands/work.js'),
    queue: {
      name: 'queue',
      summary: 'show or resume a queue of jobs for the vault',
      commands: {
        status: () => import('./commands/queue-status.js'),
        resume: () => import('./commands/queue-resume.js'),
      },
    },
    handoff: {
      name: 'handoff',
      summary: 'make hand-off keys, and open tokens that were sealed to them',
      commands: {
        keys: () => import('./commands/handoff-keys.js'),
        open: () => import('./commands/handoff-open.js'),
      },
    },
    page: () => import('./commands/page.js'),
    manifest: {
      name: 'manifest',
      summary: 'make and check manifests, which detect entries that were moved or changed',
      commands: {
        make: () => import('./commands/manifest-make.js'),
        check: () => import('./commands/manifest-check.js'),
      },
    },
    vault: {
      name: 'vault',
      summary: 'list, read and change entries of the vault, and rotate its key',
      commands: {
        list: () => import('./commands/vault-list.js'),
        get: () => import('./commands/vault-get.js'),
        code: () => import('./commands/vault-code.js'),
        delete: () => import('./commands/vault-delete.js'),
        'clear-state': () => import('./commands/vault-clear-state.js'),
        pull: () => import('./commands/vault-pull.js'),
        status: () => import('./commands/vault-status.js'),
        rotate: () => import('./commands/vault-rotate.js'),
      },
    },
    plan: () => import('./commands/plan.js'),
    apply: () => import('./commands/apply.js'),
    doctor: () => import('./commands/doctor.js'),
    emulate: () => import('./commands/emulate.js'),
    totp: {
      name: 'totp',
      summary:
        'look at TOTP secrets: base32, otpauth:// URIs, exports of authenticators, pictures of QR codes',
      default: 'show',
      commands: {
        show: () => import('./commands/totp-show.js'),
        code: () => import('./commands/totp-code.js'),
        verify: () => import('./commands/totp-verify.js'),
      },
    },
    vectors: {
      name: 'vectors',
      summary: "run the test vectors of the vault's format",
      commands: { verify: () => import('./commands/vectors-verify.js') },
    },
    completion: () => import('./commands/completion.js'),
    help: () => import('./commands/help.js'),
  },
  details: `Secrets come from stdin, files, the environment or a hidden prompt, never from arguments.
Keys come from --key-file, else --env-file, else CLOUDCRUISE_ENCRYPTION_KEY, else a prompt.
Passphrases come from --passphrase-fd, else CREDSEAL_PASSPHRASE, else a prompt.

Exit codes: 0 done, 1 a check found errors or some entries failed, 2 usage, 3 key missing or malformed,
4 input malformed, 5 a sealed value does not open, 6 network or vault refused.`,
};
