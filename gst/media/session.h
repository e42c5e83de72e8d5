// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <thread>

#include "call/media_session.h"
#include "core/clock.h"
#include "core/thread.h"

namespace rc::media {

// Sessions on webrtcbin. `queue` and `clock` are the signalling thread's; both outlive them.
call::MediaFactory make_webrtc_media(TaskQueue queue, Clock& clock);

// Sessions on a webrtcbin that stands in a pipeline of the application: one with a call, as many as
// it takes until then. From now on nothing comes out of it or goes into it but a call's audio; when
// the call ends or the last copy of the factory goes, what it feeds gets EOS. Errc::kConfig: it
// cannot be used for that. Thread: any.
Result<call::MediaFactory> make_borrowed_media(GstElement* webrtcbin, TaskQueue queue,
                                               Clock& clock);

// The first webrtcbin of a process costs 90-420 ms (measured: plugins are loaded, OpenSSL starts, a
// certificate is made). This makes one and drops it, on a thread of its own; make it while
// registering. Later ones of the same process do nothing. The destructor waits for the thread.
class WarmUp {
 public:
  WarmUp();
  ~WarmUp();
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;

 private:
  std::thread thread_;
};

}  // namespace rc::media
