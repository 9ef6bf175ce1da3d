/*
 * Stops a mounted ext4 as a power cut does: nothing that was not synced reaches the disk any more,
 * not even the file system's own log. Mounting it again shows what the disk holds.
 *
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, as in the kernel's fs/ext4/ext4.h.
 */
#include <fcntl.h>
#include <linux/types.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int count, char **words) {
    __u32 without_flush = 2;
    int directory = count == 2 ? open(words[1], O_RDONLY) : -1;
    if (directory < 0 || ioctl(directory, _IOR('X', 125, __u32), &without_flush) != 0) {
        perror("cutting the power");
        return 1;
    }
    return 0;
}
