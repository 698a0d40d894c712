// On the page of an experiment that has another name by now: goes to where it is, and takes along
// what the address says of the table and the charts, which a redirect without scripts would lose.
(() => {
  "use strict";
  const link = document.querySelector("[data-moved]");
  location.replace(link.href + location.hash);
})();
