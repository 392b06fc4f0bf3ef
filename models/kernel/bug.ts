import { bug, fn, report, ret, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const options = { file: 'include/asm-generic/bug.h', origin: 'kernel', atomic: { shared: [] } } as const;

/** The kernel's own assertions. */
export const bugFunctions: readonly FunctionDefinition[] = [
  fn('int WARN_ON(int condition)', options, [
    when('condition', [report('kernel-warning', 'WARN_ON'), ret('1')]),
    ret('0'),
  ]),
  fn('int WARN_ON_ONCE(int condition)', options, [
    when('condition', [report('kernel-warning', 'WARN_ON_ONCE'), ret('1')]),
    ret('0'),
  ]),
  /** What follows the format is read by the caller, and has no effect. */
  fn('int WARN(int condition, const char *format)', options, [
    when('condition', [report('kernel-warning', 'WARN'), ret('1')]),
    ret('0'),
  ]),
  fn('int WARN_ONCE(int condition, const char *format)', options, [
    when('condition', [report('kernel-warning', 'WARN_ONCE'), ret('1')]),
    ret('0'),
  ]),
  fn('void BUG(void)', options, [bug('kernel-bug', 'BUG')]),
  fn('void BUG_ON(int condition)', options, [when('condition', [bug('kernel-bug', 'BUG_ON')])]),
];
