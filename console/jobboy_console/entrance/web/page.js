// Gives the keys to the console as soon as it is there, so that nobody has to click first.
function giveKeys() {
  const keys = document.querySelector(".xterm-helper-textarea");
  if (keys) keys.focus();
  return keys !== null;
}

window.addEventListener("load", () => {
  if (giveKeys()) return;
  const looking = new MutationObserver(() => giveKeys() && looking.disconnect());
  looking.observe(document.getElementById("terminal"), { childList: true, subtree: true });
});
