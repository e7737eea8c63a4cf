// Which queue of a RocketMQ topic a message goes to. 64 bits are two halves: [high, low].
(function (sim) {
  'use strict';

  const { bytes, stringHash } = sim.keys || require('./keys.js').keys;

  function add(one, two) {
    const low = (one[1] >>> 0) + (two[1] >>> 0);
    return [(one[0] + two[0] + (low > 0xffffffff ? 1 : 0)) | 0, low | 0];
  }
  function xor(one, two) { return [one[0] ^ two[0], one[1] ^ two[1]]; }
  function rotate([high, low], by) {
    if (by === 32) { return [low, high]; }
    return [(high << by) | (low >>> (32 - by)), (low << by) | (high >>> (32 - by))];
  }

  // SipHash-2-4 with the key that Guava has.
  function siphash24(data) {
    const low = [0x07060504, 0x03020100];
    const high = [0x0f0e0d0c, 0x0b0a0908];
    let a = xor(low, [0x736f6d65, 0x70736575]);
    let b = xor(high, [0x646f7261, 0x6e646f6d]);
    let c = xor(low, [0x6c796765, 0x6e657261]);
    let d = xor(high, [0x74656462, 0x79746573]);
    function mix() {
      a = add(a, b); b = xor(rotate(b, 13), a); a = rotate(a, 32);
      c = add(c, d); d = xor(rotate(d, 16), c);
      a = add(a, d); d = xor(rotate(d, 21), a);
      c = add(c, b); b = xor(rotate(b, 17), c); c = rotate(c, 32);
    }
    function take(word) { d = xor(d, word); mix(); mix(); a = xor(a, word); }
    const word = (at, length) => {
      const out = [0, 0];
      for (let index = 0; index < length; index += 1) { out[index < 4 ? 1 : 0] |= data[at + index] << (8 * (index % 4)); }
      return out;
    };
    const whole = data.length - data.length % 8;
    for (let at = 0; at < whole; at += 8) { take(word(at, 8)); }
    take(xor(word(whole, data.length - whole), [data.length << 24, 0]));
    c = xor(c, [0, 0xff]);
    for (let round = 0; round < 4; round += 1) { mix(); }
    return xor(xor(a, b), xor(c, d));
  }

  // A signed number of 64 bits, the remainder never negative.
  function modulo([high, low], by) {
    const two32 = 4294967296 % by;
    const rest = (((high >>> 0) % by) * two32 + (low >>> 0) % by) % by;
    return high < 0 ? (rest + by - (two32 * two32) % by) % by : rest;
  }

  function byShardingKey(key, queues) { return Math.abs(stringHash(key)) % queues; }
  function byMessageGroup(group, queues) { return modulo(siphash24(bytes(group)), queues); }
  function hex(half) { return (half >>> 0).toString(16).padStart(8, '0'); }

  sim.select = { siphash24, byShardingKey, byMessageGroup, hex };
}(typeof module !== 'undefined' ? module.exports : (window.mqlabSim = window.mqlabSim || {})));
