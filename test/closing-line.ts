import type { Reporter, TestModule } from 'vitest/node';

/** Closes the run with one plain line that a person and a script can read. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        // A test that never ran (its file failed to load, say) has not passed.
        else if (state !== 'skipped') failed += 1;
      }
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
