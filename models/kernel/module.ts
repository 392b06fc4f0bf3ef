import { choose, fault, fn, outcome, ret, run, when } from '../program/build.js';
import type { FunctionDefinition } from '../program/functionDefinition.js';

const options = { file: 'kernel/module/main.c', origin: 'kernel', atomic: { shared: ['module'] } } as const;

/** Module references; NULL is code that is built in. */
export const moduleFunctions: readonly FunctionDefinition[] = [
  fn('bool try_module_get(struct module *module)', options, [
    when('!module', [ret('true')]),
    choose('try_module_get', [outcome('live', [ret('@tryGet(&module->ref)')]), fault('false', [ret('false')])]),
  ]),
  fn('void __module_get(struct module *module)', options, [when('module', [run('@get(&module->ref)')])]),
  /** The first step of unloading: 0, or -EWOULDBLOCK (which is -EAGAIN) while there are users. */
  fn('int try_stop_module(struct module *module)', options, [ret('@unload(&module->ref)')]),
  fn('void module_put(struct module *module)', options, [when('module', [run('@put(&module->ref)')])]),
];
