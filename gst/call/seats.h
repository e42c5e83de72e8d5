// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <list>
#include <string>
#include <vector>

#include "call/seat.h"

namespace rc::call {

// Who sits where: the seats and speakers of a line, and which call each has. Thread: signalling.
class Seats {
 public:
  struct Seat {
    SeatOptions options;
    std::string call;  // the call in it; empty: free
    bool open = true;  // takes calls: its pipeline plays
  };
  struct Speaker {
    SpeakerOptions options;
    std::string call;  // the call it speaks into; empty: none
  };

  void add(SeatOptions options);
  // Gives the call that was in it, empty if none.
  std::string remove(const std::string& id);
  Seat* find(const std::string& id);
  void set_open(const std::string& id, bool open);
  Seat* of_call(const std::string& call);
  // The free seat that waits longest, for any call that comes; null: none.
  Seat* longest_waiting();
  std::vector<std::string> waiting_to_dial() const;  // ids of free seats with a number to dial
  bool take(const std::string& id, const std::string& call);  // false: no such seat, or not free
  // The call has ended: its seat is free and waits from now on. Gives the speaker of a seat that
  // takes no more calls, to be told.
  std::shared_ptr<SpeakerListener> release(const std::string& call);

  void add_speaker(SpeakerOptions options);
  // Gives the call it spoke into, empty if none.
  std::string remove_speaker(const std::string& id);
  std::shared_ptr<SpeakerListener> speaker_of_call(const std::string& call);
  // The source of the speaker for this call, now taken by it; null: nobody speaks.
  std::shared_ptr<AudioSource> speaker_for(const std::string& call);

 private:
  bool speaks_into(const Speaker& speaker, const std::string& call);

  std::list<Seat> seats_;  // those that wait longest first
  std::list<Speaker> speakers_;
};

}  // namespace rc::call
