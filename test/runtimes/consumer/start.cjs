// What Node, Bun and Deno start: CommonJS that requires the package, to see that it is the one that is imported.
const required = require('credseal');
const { fingerprint } = required.VaultKey.fromHex('0123456789abcdef'.repeat(4));

(async () => {
  const { conformance } = await import('./conformance.js');
  const { equal } = await import('./expectations.js');
  const { vectorChecks } = await import('./vectors.js');
  const imported = await import('credseal');
  const result = await conformance({
    ...(await vectorChecks()),
    'require() gives the module that import gives': () => {
      equal(fingerprint, '0506ba9cf11f46ea');
      equal(
        Object.keys(required).filter((name) => required[name] !== imported[name]),
        [],
      );
      equal(required.VaultKey === imported.VaultKey, true);
    },
  });
  console.log(JSON.stringify(result));
})();
