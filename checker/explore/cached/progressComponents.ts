/** Writes the successors of a node to `into`, which is empty. */
export type SuccessorsOf = (node: number, into: number[]) => void;

/**
 * Strongly connected components of the graph of nodes 0 … `count` − 1: by node the number of its component. A component comes after
 * those that it can reach have got their (larger) numbers.
 *
 * D. J. Pearce, A space-efficient algorithm for finding strongly connected components (2016): one word for each node, here with
 * an explicit stack, because paths are as long as there are states. Each node's successors are asked for once.
 */
export function stronglyConnected(count: number, successorsOf: SuccessorsOf): Int32Array {
  // While a node is on the way: when the oldest node that it is known to reach was seen, from 1. Then the number of its component.
  const rank = new Int32Array(count);
  const waiting: number[] = [];
  const path: { readonly node: number; readonly successors: readonly number[]; next: number; isRoot: boolean }[] = [];
  let seen = 1;
  let component = count;
  const enter = (node: number) => {
    const successors: number[] = [];
    successorsOf(node, successors);
    rank[node] = seen;
    seen += 1;
    path.push({ node, successors, next: 0, isRoot: true });
  };
  for (let start = 0; start < count; start += 1) {
    if (rank[start] !== 0) continue;
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const { node, successors } = top;
      const successor = successors[top.next];
      if (successor !== undefined && rank[successor] === 0) {
        enter(successor);
        continue;
      }
      if (successor !== undefined) {
        if (rank[successor]! < rank[node]!) {
          rank[node] = rank[successor]!;
          top.isRoot = false;
        }
        top.next += 1;
        continue;
      }
      path.pop();
      if (!top.isRoot) {
        waiting.push(node);
        continue;
      }
      seen -= 1;
      while (waiting.length > 0 && rank[waiting.at(-1)!]! >= rank[node]!) {
        rank[waiting.pop()!] = component;
        seen -= 1;
      }
      rank[node] = component;
      component -= 1;
    }
  }
  return rank;
}
