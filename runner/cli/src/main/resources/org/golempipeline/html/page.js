// Keeps the page of a run that goes on up to date. Without it the page shows how far the run was.
"use strict";
{
  const form = document.getElementById("ask");
  const found = document.getElementById("found");
  let skip = 0;
  let later = 0;
  let asking = null;

  // Puts a new text into a part; what was unfolded or scrolled stays so.
  const replace = (part, html) => {
    const key = each => (each.querySelector("summary bdi") ?? each.querySelector("summary"))
      .textContent.replace(/[\d.,]+/g, "");
    const open = new Map([...part.querySelectorAll("details")].map(each => [key(each), each.open]));
    const scrolled = [...part.querySelectorAll(".scroll, pre")]
      .map(each => [each.scrollLeft, each.scrollTop]);
    part.innerHTML = html;
    for (const each of part.querySelectorAll("details")) {
      each.open = open.get(key(each)) ?? each.open;
    }
    [...part.querySelectorAll(".scroll, pre")].forEach((each, i) => {
      [each.scrollLeft, each.scrollTop] = scrolled[i] ?? [0, 0];
    });
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    query.set("skip", skip);
    try {
      const answer = await fetch("fragments?" + query, { signal: asking.signal });
      if (answer.ok) replace(found, await answer.text());
    } catch {
      // asked again since, or nobody serves any more, which the page says
    }
  };

  form.hidden = false;
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("input", () => {
    skip = 0;
    clearTimeout(later);
    later = setTimeout(ask, 150);
  });
  found.addEventListener("click", event => {
    if (event.target.dataset.skip === undefined) return;
    skip = Number(event.target.dataset.skip);
    ask();
  });

  const events = new EventSource("events?since=" + document.body.dataset.version);
  const cut = yes => document.body.classList.toggle("cut", yes);
  events.addEventListener("open", () => cut(false));
  events.addEventListener("error", () => cut(true));
  events.addEventListener("part", event => {
    const end = event.data.indexOf("\n");
    const name = event.data.slice(0, end);
    const text = event.data.slice(end + 1);
    if (name === "title") document.title = text;
    else replace(document.getElementById(name), text);
  });
  const again = setInterval(() => document.hidden || ask(), 2000);
  events.addEventListener("end", () => {
    events.close();
    clearInterval(again);
    ask();
  });
}
