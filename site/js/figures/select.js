// Which queue of a RocketMQ topic a message goes to.
(function (sim) {
  'use strict';

  const { stringHash } = sim.keys;

  // Guava's consistentHash: one more bucket moves few.
  function consistentHash(seed, buckets) {
    let state = BigInt.asUintN(64, BigInt(seed));
    for (let own = 0; ;) {
      state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
      const next = Math.trunc((own + 1) / (((Number(state >> 33n) + 1) | 0) / 0x80000000));
      if (next < 0 || next >= buckets) { return own; }
      own = next;
    }
  }

  function byShardingKey(key, queues) { return Math.abs(stringHash(key)) % queues; }
  function byMessageGroup(group, queues) { return consistentHash(stringHash(group), queues); }

  sim.select = { byShardingKey, byMessageGroup };
}(window.mqlabSim));
