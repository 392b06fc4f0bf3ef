import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { defaultConfiguration } from '../models/c/syntax/configuration.js';
import { parseTranslationUnit } from '../models/c/syntax/parse.js';
import { median } from './median.js';

/** Microseconds a line that parsing the `.c` files below each directory takes: `node dist/bench/parse.js DIR...` */
const out = (line: string) => process.stdout.write(`${line}\n`);
const runs = 3;
const configuration = defaultConfiguration();

const directories = process.argv.slice(2);
if (directories.length === 0) {
  process.stderr.write('usage: node dist/bench/parse.js DIR...\n');
  process.exitCode = 2;
}
for (const directory of directories) {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.c'));
  const texts = names.map((name) => readFileSync(join(directory, name), 'utf8'));
  const lines = texts.reduce((sum, text) => sum + text.split('\n').length, 0);
  let errors = 0;
  const times = Array.from({ length: runs }, () => {
    errors = 0;
    const start = performance.now();
    for (const [index, text] of texts.entries()) {
      const unit = parseTranslationUnit(text, { file: names[index]!, configuration });
      errors += unit.problems.filter(({ severity }) => severity === 'error').length;
    }
    return performance.now() - start;
  });
  const perLine = ((median(times) * 1000) / lines).toFixed(1);
  out(
    `${directory}: ${names.length} files, ${lines} lines, ${errors} errors, ${perLine} us a line (median of ${runs})`,
  );
}
