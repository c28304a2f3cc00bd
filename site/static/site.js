const asFile = location.protocol === "file:";

// A page that was opened as a file may read no other file: a result of a search has no excerpt then.
if (asFile) DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Paper is white, whatever the window is.
const { dataset } = document.documentElement;
const shown = {};
addEventListener("beforeprint", () => { Object.assign(shown, dataset); dataset.theme = "light"; });
addEventListener("afterprint", () => { dataset.theme = shown.theme; });

// A screen reader says what these do: the theme names one otherwise than it reads, the other not at all.
document.querySelector(".search-button-field")?.removeAttribute("aria-label");
for (const more of document.querySelectorAll("nav summary")) more.ariaLabel = "Pages below";

// An explorer loads its networks only once somebody asks for it.
for (const explorer of document.querySelectorAll("details.explorer")) {
  const frame = explorer.querySelector("iframe");
  explorer.addEventListener("toggle", () => {
    if (asFile) frame.replaceWith("It needs a server: python -m http.server, in the folder of these pages.");
    else frame.src = frame.dataset.src;
  }, { once: true });
}

// It says how high it is.
addEventListener("message", ({ source, data }) => {
  for (const frame of document.querySelectorAll(".explorer iframe")) {
    if (frame.contentWindow === source) frame.style.height = `${data.height}px`;
  }
});
