// Hashes as clients make them, and where they lead.
(function (sim) {
  'use strict';

  // UTF-8; a lone surrogate becomes U+FFFD.
  function bytes(text) {
    const out = [];
    for (const character of text) {
      let code = character.codePointAt(0);
      if (code >= 0xd800 && code < 0xe000) { code = 0xfffd; }
      if (code < 0x80) {
        out.push(code);
      } else if (code < 0x800) {
        out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      } else if (code < 0x10000) {
        out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      } else {
        out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      }
    }
    return out;
  }

  function murmur2(data) {
    const m = 0x5bd1e995;
    const whole = data.length & ~3;
    let hash = 0x9747b28c ^ data.length;
    for (let at = 0; at < whole; at += 4) {
      let mixed = Math.imul(data[at] | (data[at + 1] << 8) | (data[at + 2] << 16) | (data[at + 3] << 24), m);
      mixed ^= mixed >>> 24;
      hash = Math.imul(hash, m) ^ Math.imul(mixed, m);
    }
    if (whole < data.length) {
      for (let at = whole; at < data.length; at += 1) { hash ^= data[at] << (8 * (at - whole)); }
      hash = Math.imul(hash, m);
    }
    hash ^= hash >>> 13;
    hash = Math.imul(hash, m);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  function crc32(data) {
    let crc = -1;
    for (const byte of data) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) { crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0); }
    }
    return ~crc >>> 0;
  }

  // String.hashCode of Java.
  function stringHash(text) {
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) { hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0; }
    return hash;
  }

  function hash(client, data) {
    return client === 'java' ? murmur2(data) & 0x7fffffff : crc32(data);
  }

  // null where the client picks one by itself.
  function partition(client, data, partitions) {
    if (client !== 'java' && data.length === 0) { return null; }
    return partitions > 0 ? hash(client, data) % partitions : null;
  }

  sim.keys = { bytes, murmur2, crc32, stringHash, hash, partition };
}(window.mqlabSim));
