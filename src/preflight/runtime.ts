/** What runs this: a name, and its version where the runtime tells it. */
export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno' | 'workerd' | 'browser' | 'unknown';
  readonly version?: string;
}

interface Globals {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> };
  readonly navigator?: { readonly userAgent?: string };
}

/**
 * Names the runtime, for people to read: nothing here goes by it. Bun and Deno have a version of Node in
 * `process.versions`, for what is compatible with it, and their own beside it; Workers can have one too, and call themselves
 * `Cloudflare-Workers` in `navigator.userAgent`; a browser has that alone.
 */
export function runtimeOf({ process, navigator }: Globals): Runtime {
  const userAgent = navigator?.userAgent;
  if (userAgent === 'Cloudflare-Workers') return { name: 'workerd' };
  for (const name of ['bun', 'deno', 'node'] as const) {
    const version = process?.versions?.[name];
    if (version !== undefined) return { name, version };
  }
  return { name: userAgent === undefined ? 'unknown' : 'browser' };
}
