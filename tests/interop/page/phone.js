// SPDX-License-Identifier: LGPL-2.1-or-later
// The SDK as one telephone that the test drives: one call at a time, every event noted.
'use strict';

const phone = {
  webPhone: null,
  call: null, // the latest call session
  events: [], // {name, at}: 'inboundCall', 'ringing', 'answered', 'failed', 'disposed'
  sip: [], // every SIP message, for the report of a failed test
};

function note(name) {
  phone.events.push({ name, at: performance.now() });
}

function follow(session) {
  phone.call = session;
  media.recording = null; // that of an earlier call
  for (const name of ['ringing', 'answered', 'failed', 'disposed']) {
    session.on(name, () => note(name));
  }
}

function firstLines(message) {
  return message.toString().split('\r\n\r\n', 1)[0];
}

phone.register = async (sipInfo) => {
  phone.webPhone = new WebPhone({ sipInfo, autoAnswer: false });
  const client = phone.webPhone.sipClient;
  client.on('outboundMessage', (message) => phone.sip.push(`> ${firstLines(message)}`));
  client.on('inboundMessage', (message) => phone.sip.push(`< ${firstLines(message)}`));
  for (const name of ['inboundCall', 'outboundCall']) {
    phone.webPhone.on(name, (session) => {
      follow(session);
      note(name);
    });
  }
  await phone.webPhone.start();
};

phone.unregister = () => phone.webPhone.dispose();

// `count` events of that name have happened.
phone.happened = (name, count = 1) =>
  phone.events.filter((event) => event.name === name).length >= count;

window.phone = phone;
