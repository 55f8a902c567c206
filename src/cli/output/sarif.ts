import { rules } from '../../preflight/rules.js';
import { manifestRules } from '../../vault/manifest/rules.js';
import { packageVersion } from '../input/package-files.js';
import type { Format } from './findings.js';

/** For tools that collect what checkers find: one log with one run, written as it grows (SARIF 2.1.0, OASIS). */
export function sarifFormat(): Format {
  const driver = {
    name: 'credseal',
    version: packageVersion(),
    rules: Object.entries({ ...rules, ...manifestRules }).map(([id, { severity, hint }]) => ({
      id,
      defaultConfiguration: { level: severity },
      help: { text: hint },
    })),
  };
  const start = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
  };
  return {
    start: `${JSON.stringify(start).slice(0, -1)},"runs":[{"tool":${JSON.stringify({ driver })},"results":[`,
    finding({ file, line, isUnread, rule, severity, path, message, hint }, isFirst) {
      const result = {
        ruleId: rule,
        level: severity,
        message: { text: `${message} ${hint}` },
        locations: [
          {
            // A reference to a URI, in which a colon before the first slash would be a scheme. None is to a file that
            // is not there.
            physicalLocation: isUnread
              ? undefined
              : {
                  artifactLocation: { uri: encodeURI(file).replaceAll(/[?#:]/g, encodeURIComponent) },
                  region: line === undefined ? undefined : { startLine: line },
                },
            logicalLocations: path === '' ? undefined : [{ fullyQualifiedName: path }],
          },
        ],
      };
      return `${isFirst ? '' : ','}\n${JSON.stringify(result)}`;
    },
    end({ checked, errors, warnings, opened }) {
      const properties = { ok: errors === 0, opened, checked, errors, warnings };
      return `\n],"columnKind":"utf16CodeUnits","properties":${JSON.stringify(properties)}}]}\n`;
    },
  };
}
