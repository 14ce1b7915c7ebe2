/**
 * Faults built into the bot on purpose, to see that the checks notice them. Each is a list of patches to the
 * compiled program: the text must occur exactly once in the file. `src/` itself has no switch for any of this.
 */
export const breaks = {
  // The read after a write is skipped: nobody sees whether Plex took it.
  readback: [
    {
      file: 'access/reconcile.js',
      text: 'written.length > 0 ?',
      replacement: 'written.length < 0 ?',
    },
  ],

  // What was planned before is sent, whatever was decided since.
  fence: [
    {
      file: 'access/reconcile.js',
      text: 'busy.push(subject);',
      replacement:
        'busy.push({ ...subject, rehearsed: rehearse(this.parts, subject, { read: list.of(soughtOf(subject)), entitlement: rights(subject.person.id), nudge: null }) });',
    },
    {
      file: 'access/write.js',
      text: 'if (isStale(held, subject, read))',
      replacement: 'if (false)',
    },
    {
      file: 'access/write.js',
      text: '= await decideHeld(',
      replacement:
        '= subject.rehearsed ? { decision: subject.rehearsed, elsewhere: [] } : await decideHeld(',
    },
  ],

  // A 2xx is taken for done: the libraries count as seen before anything was read.
  'lost-write': [
    {
      file: 'core/attempt.js',
      text: 'return { ...share, attempt: { ...attempt, answerRow, answerUnread } };',
      replacement:
        'return { ...share, orders: share.orders.map((order) => ({ ...order, seenAt: attempt.at })), attempt: { ...attempt, answerRow, answerUnread } };',
    },
  ],

  // The first read that agrees closes an order, however soon after the write.
  settle: [
    {
      file: 'core/settle.js',
      text: 'x.getTime() + settleMs;',
      replacement: 'x.getTime();',
    },
  ],

  // What began or ended since the last look is not looked for: only what differs now.
  edges: [
    {
      file: 'core/orders.js',
      text: 'edges(entitlement.grants, before.lookedAt, t)',
      replacement: 'edges(entitlement.grants, new Date(t.getTime() - 1), t)',
    },
  ],

  // Writes to one owner's plex.tv follow each other at once.
  pacing: [
    {
      file: 'plex/queue.js',
      text: "from = Math.max(this.quietUntil, kind === 'write' ? this.nextWriteAt : 0)",
      replacement: 'from = this.quietUntil',
    },
  ],

  // Names are shown as they come.
  unescaped: [
    {
      file: 'core/text.js',
      text: ".replace(/[\\\\*_~`|[\\]<]/g, '\\\\$&')",
      replacement: '',
    },
  ],
};
