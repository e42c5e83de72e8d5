// SPDX-License-Identifier: LGPL-2.1-or-later
// What lies between the SDK and Chromium's media: microphone without processing, choice of codec,
// and everything the far end says as PCM. Loaded before the SDK, which knows nothing of it.
'use strict';

const LOUD = 0.01; // -40 dBFS: far above comfort noise, far below a tone

const media = {
  codec: null, // 'opus' or 'PCMU': the only one offered or answered; null: Chromium's own order
  connections: [],
  recording: null,
};

// Echo canceller, noise suppressor and gain control take steady tones for noise.
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (constraints) => {
  const audio = typeof constraints.audio === 'object' ? constraints.audio : {};
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return getUserMedia({ ...constraints, audio: { ...audio, ...plain } });
};

function isChosen(codec) {
  return [media.codec.toLowerCase(), 'telephone-event'].includes(codec.toLowerCase());
}

function chosenCodecs() {
  return RTCRtpReceiver.getCapabilities('audio').codecs.filter((codec) =>
    isChosen(codec.mimeType.replace('audio/', '')));
}

// An offer as a phone reads it that knows the chosen codec alone. Codec preferences are not enough:
// they shorten the answer, but Chromium still sends the first codec of the offer.
function withChosenCodecs(sdp) {
  const types = [...sdp.matchAll(/^a=rtpmap:(\d+) ([^/]+)/gm)];
  const others = new Set(types.filter(([, , codec]) => !isChosen(codec)).map(([, type]) => type));
  const isOthers = (line) => others.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+)/.exec(line)?.[1]);
  const known = (types) => types.split(' ').filter((type) => !others.has(type)).join(' ');
  return sdp.split('\r\n').filter((line) => !isOthers(line)).join('\r\n')
    .replace(/^(m=audio \S+ \S+ )(.*)$/gm, (_, start, types) => start + known(types));
}

class Recording {
  rate = 48000;
  chunks = []; // Int16Array
  samples = 0;
  firstLoud = -1; // position of the first loud sample
  lastLoud = 0; // the end of the latest chunk with a loud sample

  async run(track) {
    // A deep queue: a busy machine may keep this thread waiting, and nothing must be dropped.
    const processor = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 });
    for await (const data of processor.readable) {
      this.add(data);
      data.close();
    }
  }

  add(data) {
    const plane = new Float32Array(data.numberOfFrames);
    data.copyTo(plane, { planeIndex: 0, format: 'f32-planar' });
    this.rate = data.sampleRate;
    const loud = plane.some((sample) => Math.abs(sample) > LOUD);
    if (loud && this.firstLoud < 0) this.firstLoud = this.samples;
    this.chunks.push(Int16Array.from(plane, (s) => Math.max(-32768, Math.min(32767, s * 32768))));
    this.samples += plane.length;
    if (loud) this.lastLoud = this.samples;
  }

  clear() {
    this.chunks = [];
    this.samples = 0;
    this.firstLoud = -1;
    this.lastLoud = 0;
  }

  // Seconds of sound since the far end was heard for the first time.
  get seconds() {
    return this.firstLoud < 0 ? 0 : (this.samples - this.firstLoud) / this.rate;
  }

  // Seconds since the far end was heard for the last time.
  get quietSeconds() {
    return (this.samples - this.lastLoud) / this.rate;
  }

  async toBase64() {
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(new Blob(this.chunks));
    });
    return url.slice(url.indexOf(',') + 1);
  }
}

const NativeConnection = window.RTCPeerConnection;

window.RTCPeerConnection = class extends NativeConnection {
  constructor(...args) {
    super(...args);
    media.connections.push(this);
    this.addEventListener('track', (event) => {
      media.recording = new Recording();
      media.recording.run(event.track);
    });
  }

  addTrack(...args) {
    const sender = super.addTrack(...args);
    if (media.codec) {
      const transceiver = this.getTransceivers().find((each) => each.sender === sender);
      transceiver.setCodecPreferences(chosenCodecs());
    }
    return sender;
  }

  setRemoteDescription(description) {
    if (!media.codec || description?.type !== 'offer') {
      return super.setRemoteDescription(description);
    }
    return super.setRemoteDescription({ type: 'offer', sdp: withChosenCodecs(description.sdp) });
  }
};

// The codecs really on the wire, e.g. {sent: 'audio/opus', received: 'audio/opus'}.
media.codecsInUse = async () => {
  const stats = await media.connections.at(-1).getStats();
  const mime = (type) => {
    const stream = [...stats.values()].find((each) => each.type === type && each.codecId);
    return stream ? stats.get(stream.codecId).mimeType : null;
  };
  return { sent: mime('outbound-rtp'), received: mime('inbound-rtp') };
};

window.media = media;
