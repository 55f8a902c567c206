import { defineConfig } from 'tsup';

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      'aes-gcm.node': 'src/value/aes-gcm.node.ts',
      'aes-gcm.portable': 'src/value/aes-gcm.portable.ts',
      cli: 'src/cli/main.ts',
    },
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    splitting: true,
    clean: true,
    // Stays an import of the published package, so that each runtime and bundler picks its own backend.
    external: ['#aes-gcm', /^node:/],
    treeshake: true,
  },
  { entry: { index: 'src/index.ts' }, format: 'esm', dts: { only: true } },
]);
