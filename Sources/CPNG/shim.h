#pragma once

#include <png.h>

// PNG_FORMAT_GRAY is a macro expression that Swift imports, PNG_IMAGE_VERSION a cast that it does not.
static inline png_image vae_png_image(void) {
  png_image image = {0};
  image.version = PNG_IMAGE_VERSION;
  return image;
}
