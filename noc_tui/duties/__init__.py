"""What has to happen without anyone pressing a key."""
