import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { describeWith, tree612 } from '../testing/inputs.js';
import { countedKinds, openOracle, ownCounts, type Oracle } from './testing/oracle.js';

const castAsCall = '`(u32)(x)` is a cast, which the grammar reads as a call: it knows no typedefs';
const typeofAsCall = '`typeof(*x)` as an argument is a type, which the grammar reads as a call';
const structArgument = '`struct x` as an argument is an error in the grammar, and what is around it gets lost';

/** Where the two differ, and why this parser is right: each was compared with the source. */
const allowed: Readonly<Record<string, string>> = {
  'optee/ffa_abi.c optee_ffa_shm_unregister: call 6 against 7': castAsCall,
  'optee/ffa_abi.c optee_ffa_do_call_with_arg: call 8 against 9': castAsCall,
  'optee/smc_abi.c init_pcpu_irq: goto 3 against 2': structArgument,
  'optee/smc_abi.c init_pcpu_irq: call 9 against 6': structArgument,
  'optee/smc_abi.c init_pcpu_irq: if 5 against 3': structArgument,
  'dma-fence-array.c irq_dma_fence_array_work: call 4 against 5': typeofAsCall,
  'dma-fence-chain.c dma_fence_chain_irq_work: call 4 against 5': typeofAsCall,
  'dma-fence-chain.c dma_fence_chain_cb: call 4 against 5': typeofAsCall,
  'dma-resv.c dma_resv_list_alloc: call 4 against 3': '`offsetof` is a call here and has a node of its own there',
  'st-dma-fence-unwrap.c mock_array: call 11 against 13': typeofAsCall,
  'st-dma-fence.c mock_wakeup: call 2 against 0': structArgument,
  'st-dma-fence.c simple_callback: call 2 against 0': structArgument,
  'sw_sync.c sync_pt_create: call 16 against 18': typeofAsCall,
};

describeWith({ 'kernel 6.12': tree612 }, 'counts of statements agree with tree-sitter', () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await openOracle();
  });

  test.each(['drivers/tee', 'drivers/dma-buf'])('%s', { timeout: 60_000 }, (directory) => {
    const differences: string[] = [];
    let compared = 0;
    for (const name of readdirSync(join(tree612!, directory), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!name.endsWith('.c')) continue;
      const text = readFileSync(join(tree612!, directory, name), 'utf8');
      const theirs = oracle(text);
      for (const [functionName, counts] of ownCounts(text)) {
        compared++;
        const other = theirs.get(functionName);
        for (const kind of countedKinds) {
          const difference = other ? `${kind} ${counts[kind]} against ${other[kind]}` : 'not found';
          if (!other || counts[kind] !== other[kind]) differences.push(`${name} ${functionName}: ${difference}`);
        }
      }
    }
    expect(compared).toBeGreaterThan(250);
    expect(differences.filter((difference) => !(difference in allowed))).toEqual([]);
  });
});
