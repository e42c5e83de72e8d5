// SPDX-License-Identifier: LGPL-2.1-or-later
// No SIP, nothing of ours: shows that this machine's Chromiums carry tones to each other. If this
// fails, the failures after it say nothing about a server or a phone.

// Runs in the page.
async function connection() {
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const peer = new RTCPeerConnection();
  peer.addTrack(microphone.getAudioTracks()[0], microphone);
  peer.addEventListener('track', (event) => {
    window.speaker = new Audio(); // Chromium decodes only what is played
    window.speaker.srcObject = event.streams[0];
    window.speaker.play();
  });
  const gathered = () =>
    new Promise((resolve) => {
      const check = () => peer.iceGatheringState === 'complete' && resolve();
      peer.addEventListener('icegatheringstatechange', check);
      check();
    });
  window.describe = async (remote) => {
    if (remote) await peer.setRemoteDescription(remote);
    if (remote?.type === 'answer') return null;
    await peer.setLocalDescription();
    await gathered();
    return peer.localDescription.toJSON();
  };
}

async function toneBothWays(bench) {
  const caller = await bench.phone('caller');
  const callee = await bench.phone('callee');
  for (const phone of [caller, callee]) await phone.evaluate(connection);
  const offer = await caller.evaluate(() => window.describe());
  const answer = await callee.evaluate((remote) => window.describe(remote), offer);
  await caller.evaluate((remote) => window.describe(remote), answer);
  for (const phone of [caller, callee]) await phone.hears(6);
  await bench.expectHeard(callee, caller.tones);
  await bench.expectHeard(caller, callee.tones);
}

export const cases = [{ name: 'Chromium to Chromium without SIP', run: toneBothWays }];
